/** Where a part lies: bits from the start of the bytes that were explained, the end not included. */
export interface Bits {
  readonly from: number;
  readonly to: number;
}

/** A piece of some bytes, and what it means. Pieces beside each other do not overlap; `parts` are the pieces of a piece. */
export interface Part {
  /** As the specification calls it: `FIN`, `opcode`, `header`. */
  readonly name: string;
  readonly bits: Bits;
  /** The piece as it stands there: `1`, `0x1`, `37 fa 21 3d`, `destination:/app/chat`. */
  readonly value: string;
  /** What it means, in a sentence. */
  readonly text: string;
  /** What is wrong with it, with the clause that says so. */
  readonly problem?: string;
  readonly parts?: readonly Part[];
}

/** Bytes taken apart. */
export interface Explained {
  readonly parts: readonly Part[];
  /** How many bytes the parts cover; what lies behind them is something else. */
  readonly length: number;
  /** How many bytes are missing at least; 0: it is whole. */
  readonly missing: number;
}

const BYTE = 8;
/** Bytes of a value that are shown; what is longer is cut. */
const SHOWN = 64;

/** The bits of whole bytes, from one byte up to and without another. */
export function byteRange(from: number, to: number): Bits {
  return { from: from * BYTE, to: to * BYTE };
}

/** Bytes as `37 fa 21 3d`, cut after 64. */
export function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > SHOWN ? `${shown} …` : shown;
}

/** Bytes as text; what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** All problems of some parts and of the parts inside them, in the order of the bytes. */
export function problemsOf(parts: readonly Part[]): string[] {
  return parts.flatMap(({ problem, parts: inner = [] }) => [
    ...(problem === undefined ? [] : [problem]),
    ...problemsOf(inner),
  ]);
}

/** The same parts where what they explain begins at a later byte of something larger. */
export function shifted(parts: readonly Part[], bytes: number): Part[] {
  return parts.map((part) => ({
    ...part,
    bits: { from: part.bits.from + bytes * BYTE, to: part.bits.to + bytes * BYTE },
    ...(part.parts !== undefined && { parts: shifted(part.parts, bytes) }),
  }));
}
