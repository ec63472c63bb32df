/** A line of a hex dump: 16 bytes. */
export interface DumpLine {
  /** Where its first byte stands, in hex. */
  readonly offset: string;
  readonly hex: string;
  /** The bytes as ASCII; a dot for what cannot be shown. */
  readonly text: string;
}

const WIDTH = 16;

/** The first bytes as lines of a hex dump. */
export function hexDump(bytes: Uint8Array, most: number): DumpLine[] {
  const lines: DumpLine[] = [];
  for (let at = 0; at < Math.min(most, bytes.length); at += WIDTH) {
    const line = bytes.subarray(at, Math.min(at + WIDTH, most));
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: Array.from(line, (byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return lines;
}
