import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import { StoreDown } from '../message-store.ts';
import { describe, NoAnswer } from './mysql-errors.ts';
import { Recovery } from './mysql-recovery.ts';
import type { Session } from './mysql-session.ts';

export interface SessionsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** The server, as logs name it. */
  readonly name: string;
  /** Opens a session, ready for use. */
  open(): Promise<Session>;
  /** Sessions at once, at most (default 5). */
  readonly most?: number;
}

/** One commits, the others read. Servers allow about 150 in all, and instances are many. */
const MOST = 5;

interface Waiting {
  resolve(session: Session): void;
  reject(error: Error): void;
}

/**
 * The sessions of one instance, each used by one at a time and kept for the next. While the server is away nobody waits
 * for it: calls are refused at once, and one attempt after the other asks whether it is back.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #recovery: Recovery;
  readonly #idle: Session[] = [];
  readonly #waiting: Waiting[] = [];
  /** Sessions that are idle, in use or being opened. */
  #count = 0;
  /** Calls that have not ended. */
  #calls = 0;
  #away: unknown;
  #closing: PromiseWithResolvers<void> | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#recovery = new Recovery({
      ...options,
      back: (session) => this.#comeBack(session),
      failed: (error) => this.#goAway(error),
    });
  }

  /** Whether the server answered when it was last asked. */
  get up(): boolean {
    return this.#away === undefined && this.#closing === undefined;
  }

  /** Throws `StoreDown` after close. */
  refuseIfClosed(): void {
    if (this.#closing !== undefined) throw new StoreDown('the store is closed');
  }

  /** Gives the task a session. Rejects with `StoreDown` where there is none to be had, else as the task does. */
  async use<T>(task: (session: Session) => Promise<T>): Promise<T> {
    this.refuseIfClosed();
    this.#calls++;
    try {
      const session = await this.#take();
      try {
        return await task(session);
      } finally {
        this.#giveBack(session);
      }
    } finally {
      this.#calls--;
      if (this.#calls === 0) this.#closing?.resolve();
    }
  }

  /** Ends the sessions once the calls under way are finished. */
  async close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    if (this.#calls === 0) this.#closing.resolve();
    await this.#closing.promise;
    await this.#recovery.stop();
    await Promise.all(this.#idle.splice(0).map((session) => session.end()));
  }

  #take(): Promise<Session> {
    if (this.#away !== undefined) return Promise.reject(this.#refusal());
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#count < (this.#options.most ?? MOST)) return this.#open();
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }));
  }

  async #open(): Promise<Session> {
    this.#count++;
    try {
      return await this.#options.open();
    } catch (error) {
      this.#count--;
      this.#goAway(error);
      throw this.#refusal();
    }
  }

  #giveBack(session: Session): void {
    if (session.lost === undefined) {
      this.#keep(session);
      return;
    }
    this.#count--;
    // It may live on over there and hold locks.
    this.#recovery.mourn(session.mark);
    // A server that left one question unanswered leaves the next ones unanswered too, until it is known better.
    if (session.lost instanceof NoAnswer) this.#goAway(session.lost);
    const next = this.#waiting.shift();
    if (next !== undefined) this.#take().then(next.resolve, next.reject);
  }

  #keep(session: Session): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve(session);
      return;
    }
    session.onLost = () => this.#loseIdle(session);
    this.#idle.push(session);
  }

  #loseIdle(session: Session): void {
    const place = this.#idle.indexOf(session);
    if (place === -1) return;
    this.#idle.splice(place, 1);
    this.#count--;
    this.#recovery.begin();
  }

  #goAway(error: unknown): void {
    const { log, name } = this.#options;
    if (this.#away === undefined) log.error({ err: error }, `the database ${name} is away: ${describe(error)}`);
    this.#away = error ?? new Error('unknown');
    for (const session of this.#idle.splice(0)) {
      this.#count--;
      session.destroy();
    }
    for (const one of this.#waiting.splice(0)) one.reject(this.#refusal());
    this.#recovery.begin();
  }

  #comeBack(session: Session): void {
    const { log, name } = this.#options;
    if (this.#away !== undefined) log.info({}, `the database ${name} is back`);
    this.#away = undefined;
    this.#count++;
    this.#keep(session);
  }

  #refusal(): StoreDown {
    return new StoreDown(`the database is away: ${describe(this.#away)}`, { cause: this.#away });
  }
}
