import type { Part } from '../../web/src/lab/model/part.ts';

const ROW = 16;

/** Bytes in hex, 16 a line. */
export function hexLines(bytes: Uint8Array): string {
  const all = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += ROW) lines.push(all.slice(at, at + ROW).join(' '));
  return lines.join('\n');
}

/** Parts as lines: where, what, value, meaning. */
export function partLines(parts: readonly Part[]): string {
  const flat = parts.flatMap((part) => (part.parts === undefined ? [part] : [part, ...part.parts]));
  const rows = flat.map(({ name, bits, value, text }) => [place(bits), name, cut(shownLine(value)), shownLine(text)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** STOMP text as it can be shown: the NUL as a sign. */
export function shownStomp(frame: Uint8Array): string {
  return Buffer.from(frame).toString().replaceAll('\0', '␀');
}

/** Text with its line ends and NULs made visible, in one line. */
export function shownLine(bytes: Uint8Array | string): string {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
  return text.replaceAll('\0', '␀').replaceAll('\r', '␍').replaceAll('\n', '␊');
}

function place({ from, to }: Part['bits']): string {
  if (from % 8 !== 0 || to % 8 !== 0) return to - from === 1 ? `bit ${from}` : `bits ${from}-${to - 1}`;
  return to - from === 8 ? `byte ${from / 8}` : `bytes ${from / 8}-${to / 8 - 1}`;
}

function cut(value: string): string {
  return value.length > 30 ? `${value.slice(0, 29)}…` : value;
}
