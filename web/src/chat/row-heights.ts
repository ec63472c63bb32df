import type { Row } from './rows.ts';

const LINE = 20;
const CHARACTERS_A_LINE = 42;
const BUBBLE = 17;
const HEAD = 32;
const SEPARATOR = 36;

/** Which rows to draw, and how much room those before and behind them take. */
export interface Span {
  readonly from: number;
  /** The row after the last one. */
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** Where each row of a long list lies: by its measured height where it was drawn before, else by a guess from its text. */
export class RowHeights {
  readonly #measured = new Map<string, number>();
  #rows: readonly Row[] = [];
  /** `#tops[i]` is where row i begins; one more says where the last one ends. */
  #tops = new Float64Array(1);

  get total(): number {
    return this.#tops[this.#rows.length] ?? 0;
  }

  setRows(rows: readonly Row[]): void {
    this.#rows = rows;
    if (this.#measured.size > 4 * rows.length + 1_000) this.#forgetOthers();
    this.#place();
  }

  /** Heights as they were drawn, by key. Returns whether any differs from what was thought. */
  measure(heights: ReadonlyMap<string, number>): boolean {
    let changed = false;
    for (const [key, height] of heights) {
      if (this.#measured.get(key) === height) continue;
      this.#measured.set(key, height);
      changed = true;
    }
    if (changed) this.#place();
    return changed;
  }

  topOf(index: number): number {
    return this.#tops[index] ?? this.total;
  }

  /** The row at this height. */
  at(top: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.topOf(middle + 1) > top) high = middle;
      else low = middle + 1;
    }
    return Math.min(low, Math.max(0, this.#rows.length - 1));
  }

  /** The rows between two heights. */
  span(top: number, bottom: number): Span {
    const from = this.at(top);
    const to = Math.min(this.#rows.length, this.at(bottom) + 1);
    return { from, to, above: this.topOf(from), below: this.total - this.topOf(to) };
  }

  #place(): void {
    const tops = new Float64Array(this.#rows.length + 1);
    this.#rows.forEach((row, i) => {
      tops[i + 1] = (tops[i] ?? 0) + (this.#measured.get(row.key) ?? guess(row));
    });
    this.#tops = tops;
  }

  #forgetOthers(): void {
    const keys = new Set(this.#rows.map((row) => row.key));
    for (const key of this.#measured.keys()) if (!keys.has(key)) this.#measured.delete(key);
  }
}

function guess(row: Row): number {
  if (row.kind !== 'message') return SEPARATOR;
  const { content } = row.message;
  const lines = Math.ceil(content.length / CHARACTERS_A_LINE) + content.split('\n', 40).length - 1;
  return Math.max(1, lines) * LINE + BUBBLE + (row.head ? HEAD : 0);
}
