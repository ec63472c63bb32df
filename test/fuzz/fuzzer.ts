import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What came of a fuzzer's inputs. */
export interface FuzzOutcome {
  readonly inputs: number;
  /** How many were refused, by the kind of refusal. */
  readonly refusals: Readonly<Record<string, number>>;
  /** By how many bytes the memory of this process grew between the first fifth and the end. */
  readonly memoryGrowth: number;
}

/** Feeds one part of the server with hostile input. */
export interface Fuzzer {
  readonly name: string;
  /** Its part of all inputs of a run; 1 where it is left out. */
  readonly share?: number;
  /**
   * Feeds `count` inputs that follow from the seed. Rejects, with the input, as soon as one is not answered as it must be: with
   * a crash, with nothing, or with something that is not legal.
   */
  fuzz(count: number, seed: number): Promise<FuzzOutcome>;
}

/** Bytes that are in use after a garbage collection. */
export function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Keeps account of a fuzzer's run. */
export class Account {
  readonly #count: number;
  readonly #refusals = new Map<string, number>();
  #inputs = 0;
  #before: number | undefined;

  /** @param count - how many inputs there will be */
  constructor(count: number) {
    this.#count = count;
  }

  get inputs(): number {
    return this.#inputs;
  }

  /** One more input, and by what kind of refusal it was answered, if by one. */
  add(refusal?: string): void {
    this.#inputs++;
    if (refusal !== undefined) this.#refusals.set(refusal, (this.#refusals.get(refusal) ?? 0) + 1);
    // What is loaded, compiled and cached on the first use is there by now.
    if (this.#before === undefined && this.#inputs * 5 >= this.#count) this.#before = memoryInUse();
  }

  outcome(): FuzzOutcome {
    const now = memoryInUse();
    const refusals = Object.fromEntries([...this.#refusals].sort((a, b) => b[1] - a[1]));
    return { inputs: this.#inputs, refusals, memoryGrowth: now - (this.#before ?? now) };
  }
}

/** The error that ends a run: what was wrong, with which input, and how to have it again. */
export function failure(what: string, input: Uint8Array | string, seed: number): Error {
  const text = typeof input === 'string' ? JSON.stringify(input) : `base64 ${Buffer.from(input).toString('base64')}`;
  return new Error(`${what}\n  input: ${text}\n  seed: ${seed}`);
}
