/** How often something may happen: so often a second in the long run, and so many times at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket, kept as one number: the time at which it is full again (the virtual scheduling of ITU-T I.371, which gives
 * the same answers as a bucket that drips). Time is any clock in milliseconds that never goes back.
 */
export class Bucket {
  readonly #rate: Rate;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes a token. Returns 0, or where there is none, in how many milliseconds there will be; nothing is taken then. */
  take(now: number): number {
    const interval = 1_000 / this.#rate.perSecond;
    const fullAt = Math.max(this.#fullAt, now) + interval;
    // Sums of intervals are not exact; a millionth of one must not cost a token.
    const wait = fullAt - now - this.#rate.burst * interval - interval / 1e6;
    if (wait > 0) return wait;
    this.#fullAt = fullAt;
    return 0;
  }

  /** A full bucket is like a new one, so it need not be kept. */
  isFull(now: number): boolean {
    return this.#fullAt <= now;
  }
}

/** Entries that are looked at each time one is added: more than one, so that the map shrinks again. */
const LOOKED_AT = 2;

/**
 * A bucket for each key, of the same rate. The memory is bounded: full buckets are forgotten as others come, and of more than
 * `most` the one that was used longest ago is, which gives its key a full one.
 */
export class Buckets {
  readonly #rate: Rate;
  readonly #most: number;
  /** Those used longest ago come first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** As `Bucket.take`, of the bucket of this key. */
  take(key: string, now: number): number {
    let bucket = this.#buckets.get(key);
    if (bucket !== undefined) this.#buckets.delete(key);
    else {
      this.#forget(now);
      bucket = new Bucket(this.#rate);
    }
    this.#buckets.set(key, bucket);
    return bucket.take(now);
  }

  #forget(now: number): void {
    let looked = 0;
    for (const [key, bucket] of this.#buckets) {
      if (looked++ >= LOOKED_AT) return;
      if (bucket.isFull(now) || this.#buckets.size >= this.#most) this.#buckets.delete(key);
    }
  }
}
