import type { Part } from './part.ts';

/** A run of bits of one part in one row of the grid. */
export interface Run {
  /** Which of the parts. */
  readonly part: number;
  readonly name: string;
  /** Where in its row it begins, from 0. */
  readonly column: number;
  /** Its bits, as `0` and `1`. */
  readonly bits: string;
  /** It begins here, and is not the rest of the row before. */
  readonly first: boolean;
}

/**
 * The parts that lie in the first bytes, as the rows of a grid of so many columns: the picture that RFC 6455, section 5.2
 * draws. Parts must be in order and without gaps.
 */
export function bitRows(bytes: Uint8Array, parts: readonly Part[], columns: number): Run[][] {
  const rows: Run[][] = [];
  for (const [index, { name, bits }] of parts.entries()) {
    for (let at = bits.from; at < bits.to; ) {
      const row = Math.floor(at / columns);
      const end = Math.min(bits.to, (row + 1) * columns);
      rows[row] ??= [];
      rows[row].push({
        part: index,
        name,
        column: at % columns,
        bits: bitsOf(bytes, at, end),
        first: at === bits.from,
      });
      at = end;
    }
  }
  return rows;
}

function bitsOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  return text;
}
