/** The last message of somebody in a room, until it is forgotten. */
interface Last {
  readonly id: string;
  readonly until: number;
}

/** Senders remembered at most; those whose time is over go first, then the oldest. */
const MOST = 20_000;

/** When who may send again in rooms with slow mode. */
export class SlowMode {
  readonly #last = new Map<string, Last>();

  /** Who sent this last may not send before `until`, in milliseconds since 1970. */
  sent(who: string, id: string, until: number, now: number): void {
    const before = this.#last.get(who);
    if (before !== undefined && before.until > until) return;
    this.#last.delete(who);
    this.#last.set(who, { id, until });
    if (this.#last.size > MOST) this.#shrink(now);
  }

  /** Milliseconds that remain; 0 for one who may send, or sends the same again because it does not know what became of it. */
  remaining(who: string, id: string, now: number): number {
    const last = this.#last.get(who);
    return last === undefined || last.id === id ? 0 : Math.max(0, last.until - now);
  }

  #shrink(now: number): void {
    for (const [who, { until }] of this.#last) if (until <= now) this.#last.delete(who);
    for (const who of this.#last.keys()) {
      if (this.#last.size <= MOST / 2) return;
      this.#last.delete(who);
    }
  }
}
