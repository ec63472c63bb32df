import type { Clock } from '../../clock.ts';
import type { InstancePresence, PresenceStore, PresenceTotals } from '../presence-store.ts';

/** An instance that has not reported for so long counts no more, in milliseconds. */
const EXPIRY = 30_000;

/** The last report of an instance. */
export interface Report {
  readonly presence: InstancePresence;
  /** When, on the monotonic clock. */
  readonly at: number;
}

/** The presence store of one process. Those made with the same `reports` see one another's. */
export class InProcessPresenceStore implements PresenceStore {
  readonly #clock: Clock;
  readonly #reports: Map<string, Report>;
  /** The instances that report here, to be withdrawn at the end. */
  readonly #own = new Set<string>();
  #closed = false;

  constructor(clock: Clock, reports: Map<string, Report> = new Map()) {
    this.#clock = clock;
    this.#reports = reports;
  }

  async report(instance: string, presence: InstancePresence): Promise<void> {
    this.#refuseClosed();
    this.#own.add(instance);
    this.#reports.set(instance, { presence, at: this.#clock.monotonic() });
  }

  async totals(): Promise<PresenceTotals> {
    this.#refuseClosed();
    const oldest = this.#clock.monotonic() - EXPIRY;
    const users = new Set<string>();
    let connections = 0;
    for (const [instance, { presence, at }] of this.#reports) {
      if (at <= oldest) {
        this.#reports.delete(instance);
        continue;
      }
      for (const user of presence.users) users.add(user);
      connections += presence.connections;
    }
    return { users: users.size, connections, instances: this.#reports.size };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const instance of this.#own) this.#reports.delete(instance);
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the presence store is closed');
  }
}
