import { type ErrorCode, errorTable } from '../errors.ts';

/** How often clients were refused, by the code of the refusal. */
export class Refusals {
  // The table has exactly these keys.
  readonly #counts = new Map<ErrorCode, number>((Object.keys(errorTable) as ErrorCode[]).map((code) => [code, 0]));

  readonly count = (code: ErrorCode): void => {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  };

  /** Every code of the table, and how often. */
  all(): readonly (readonly [code: ErrorCode, count: number])[] {
    return [...this.#counts];
  }
}
