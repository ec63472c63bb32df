import type { Clock, Timer } from '../clock.ts';
import type { Backplane } from '../engines/backplane.ts';
import type { PresenceStore, PresenceTotals } from '../engines/presence-store.ts';
import type { Hub } from '../hub/hub.ts';
import type { Logger } from '../log.ts';
import { LatestState } from './latest.ts';

export interface PresenceOptions {
  readonly hub: Hub;
  readonly backplane: Backplane;
  readonly presenceStore: PresenceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this instance among the others. */
  readonly instance: string;
}

/** Who is here. `partial`: the others could not be asked, these are the figures of this instance alone. */
export interface PresenceState extends PresenceTotals {
  readonly partial?: true;
}

/** The least time between two states, in milliseconds: with few users, and with many. */
const PACE = 1_000;
const SLOW_PACE = 5_000;
const MANY_USERS = 1_000;
/** An instance reports at least so often, in milliseconds, so that the others do not forget it. */
const KEEP_ALIVE = 10_000;

/**
 * Who is here, over all instances. Changes are noted at once; a round, at most once a second, reports them to the store,
 * reads what all instances report together, and sends that to everyone if it is something new.
 */
export class Presence {
  readonly state: LatestState;
  readonly #options: PresenceOptions;
  /** How many sessions each name has here. */
  readonly #names = new Map<string, number>();
  #connections = 0;
  /** The own figures changed since the store was told. */
  #changed = true;
  /** It is time to tell the store in any case. */
  #due = false;
  #timer: Timer | undefined;
  readonly #keepAlive: Timer;
  #round: Promise<void> | undefined;
  #roundAt = Number.NEGATIVE_INFINITY;
  #again = false;
  #failing = false;
  #latest: PresenceState;
  #closed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#latest = this.#own();
    this.state = new LatestState(options.hub, 'presence', options.instance, this.#latest);
    this.#keepAlive = options.clock.every(KEEP_ALIVE, () => {
      this.#due = true;
      this.#schedule();
    });
    this.#schedule();
  }

  /** A session of this name is CONNECTED. */
  joined(name: string): void {
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    this.#change();
  }

  /** It has ended. */
  left(name: string): void {
    const count = this.#names.get(name);
    if (count === undefined) return;
    if (count > 1) this.#names.set(name, count - 1);
    else this.#names.delete(name);
    this.#change();
  }

  /** A STOMP or SSE connection began. */
  opened(): void {
    this.#connections++;
    this.#change();
  }

  /** It has ended. */
  closed(): void {
    this.#connections--;
    this.#change();
  }

  /** Another instance says on `presence-channel` that its figures changed. */
  hear(from: string): void {
    if (from !== this.#options.instance) this.lookAgain();
  }

  /** The figures of others may have changed. */
  lookAgain(): void {
    this.#schedule();
  }

  /** The figures, as old as the pace of states allows. With the store gone, one's own, marked `partial`. */
  async totals(): Promise<PresenceState> {
    if (this.#options.clock.monotonic() >= this.#roundAt + this.#pace()) await this.#run();
    else await this.#round;
    return this.#latest;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#keepAlive.cancel();
    await this.#round;
  }

  #change(): void {
    this.#changed = true;
    this.#schedule();
  }

  #pace(): number {
    return this.#latest.users > MANY_USERS ? SLOW_PACE : PACE;
  }

  #schedule(): void {
    if (this.#round !== undefined) this.#again = true;
    if (this.#timer !== undefined || this.#round !== undefined || this.#closed) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, this.#roundAt + this.#pace() - clock.monotonic()), () => {
      this.#timer = undefined;
      void this.#run();
    });
  }

  /** One round; those who ask while one is under way share it. */
  #run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#round ??= this.#goRound().finally(() => {
      this.#round = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.#schedule();
    });
    return this.#round;
  }

  async #goRound(): Promise<void> {
    const { clock, log } = this.#options;
    this.#roundAt = clock.monotonic();
    try {
      this.#latest = await this.#exchange();
      this.#failing = false;
    } catch (error) {
      this.#changed = true;
      this.#again = true;
      this.#latest = { ...this.#own(), partial: true };
      if (!this.#failing) log.warn({ err: error }, 'the presence store does not answer: only own clients are counted');
      this.#failing = true;
    }
    if (!this.#closed) this.state.set(this.#latest);
  }

  async #exchange(): Promise<PresenceTotals> {
    const { presenceStore, backplane, instance } = this.#options;
    const changed = this.#changed;
    if (changed || this.#due) {
      this.#changed = false;
      this.#due = false;
      await presenceStore.report(instance, { users: [...this.#names.keys()], connections: this.#connections });
    }
    // What is lost is seen at the others' next look, which comes in any case.
    if (changed && backplane.up) backplane.publish('presence-channel', instance).catch(() => undefined);
    return presenceStore.totals();
  }

  #own(): PresenceTotals {
    return { users: this.#names.size, connections: this.#connections, instances: 1 };
  }
}
