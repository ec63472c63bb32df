import type { ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';

/** Answers up to this size are not counted, in bytes: as much may wait for a stream. */
const SMALL = 65_536;
/** Bytes of larger answers that may wait for one stranger to take them; a page of history has 2.4 MB at most. */
const MOST_BYTES = 16_777_216;

/** Answers that their clients have not taken yet, by stranger: who asks and does not read would have memory for the asking. */
export class Untaken {
  readonly #waiting = new Map<string, number>();

  of(key: string): number {
    return this.#waiting.get(key) ?? 0;
  }

  /** Counts an answer of so many bytes until the system has taken it or its connection ends, or says why it may not be. */
  add(response: ServerResponse, key: string, bytes: number): Refusal | undefined {
    if (bytes <= SMALL) return undefined;
    const before = this.of(key);
    if (before + bytes > MOST_BYTES)
      return new Refusal('too-fast', `Answers of ${before} bytes wait until your address takes them.`, {
        retryAfter: 1,
      });
    this.#waiting.set(key, before + bytes);
    response.once('close', () => this.#taken(key, bytes));
    return undefined;
  }

  #taken(key: string, bytes: number): void {
    const left = this.of(key) - bytes;
    if (left > 0) this.#waiting.set(key, left);
    else this.#waiting.delete(key);
  }
}
