import type { Clock } from '../clock.ts';
import { type Draft, type Message, type MessageStore, type Outcome, StoreDown } from '../engines/message-store.ts';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ChatStats } from './stats.ts';

export interface CommitterOptions {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  /** A message was committed by us, in the order of its seq; called before its sender is answered. */
  stored(message: Message): void;
  /** A message that was sent again was found in the store. */
  found(message: Message): void;
}

/** What became of a send. `duplicate`: it had been committed before. */
export interface Sent {
  readonly message: Message;
  readonly duplicate: boolean;
}

interface Send {
  readonly draft: Draft;
  resolve(sent: Sent): void;
  reject(refusal: Refusal): void;
}

/** How long the first send of a group waits for others, in milliseconds. */
const GATHER = 1;
/** The port's limit. */
const MAX_GROUP = 500;
/** Sends that may wait for their commit: their number, and the sum of the lengths of their contents. */
const MAX_QUEUE = 10_000;
const MAX_QUEUE_LENGTH = 8_000_000;
/** How long after a commit began its senders wait at most for its fate, in milliseconds. */
const FATE_LIMIT = 5_000;
/** The first pause between two questions to a store that does not answer, and the longest, in milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 500;

/**
 * Gathers sends for about a millisecond and commits them as one group, one group at a time. While a group is being
 * committed the next one gathers.
 *
 * A commit that was cut is settled by sending the same group again: what the first try stored comes back as found, what
 * it did not store is stored now. So every fate becomes known as soon as the store answers, whatever the first try does.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #queue: Send[] = [];
  #queueLength = 0;
  #running: Promise<void> | undefined;
  /** The store does not answer: sends are refused at once. */
  #away = false;
  /** Since the last commit that went through, the log was told. */
  #told = false;
  #closed = false;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Resolves when the message is committed. Rejects with a `Refusal`: `store-down`, `store-unknown`, `id-conflict`. */
  commit(draft: Draft): Promise<Sent> {
    if (this.#closed) return Promise.reject(new Refusal('stopping'));
    if (this.#away) return Promise.reject(this.#down());
    if (this.#queue.length >= MAX_QUEUE || this.#queueLength + draft.content.length > MAX_QUEUE_LENGTH) {
      return Promise.reject(this.#down('The server is busy: too many messages wait to be stored. Nothing was stored.'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ draft, resolve, reject });
      this.#queueLength += draft.content.length;
      this.#running ??= this.#run();
    });
  }

  /** Commits what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#pause(GATHER);
    while (this.#queue.length > 0) await this.#commitGroup(this.#takeGroup());
    this.#running = undefined;
  }

  #takeGroup(): Send[] {
    const group = this.#queue.slice(0, MAX_GROUP);
    this.#queue = this.#queue.slice(MAX_GROUP);
    for (const { draft } of group) this.#queueLength -= draft.content.length;
    return group;
  }

  async #commitGroup(group: readonly Send[]): Promise<void> {
    const deadline = this.#options.clock.monotonic() + FATE_LIMIT;
    let outcomes: Outcome[];
    try {
      outcomes = await this.#store(group);
    } catch (error) {
      this.#tell(error);
      if (error instanceof StoreDown) for (const send of group) send.reject(this.#down());
      else await this.#findFate(group, deadline);
      return;
    }
    this.#answer(group, outcomes, false);
  }

  async #store(group: readonly Send[]): Promise<Outcome[]> {
    const outcomes = await this.#options.store.commit(group.map((send) => send.draft));
    this.#away = false;
    if (this.#told) this.#options.log.info({}, 'the message store takes messages again');
    this.#told = false;
    return outcomes;
  }

  #answer(group: readonly Send[], outcomes: readonly Outcome[], again: boolean): void {
    this.#options.stats.groups++;
    for (const [i, send] of group.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined || outcome.kind === 'conflict') this.#refuseConflict(send);
      else this.#accept(send, outcome, again);
    }
  }

  #accept(send: Send, { kind, message }: Exclude<Outcome, { kind: 'conflict' }>, again: boolean): void {
    const { stats, stored, found } = this.#options;
    // What our own first try stored has the time of its draft; a message of an earlier send has another.
    const ours = kind === 'stored' || (again && message.time === send.draft.time);
    if (ours) {
      stats.accepted++;
      stored(message);
    } else {
      stats.resent++;
      found(message);
    }
    send.resolve({ message, duplicate: !ours });
  }

  #refuseConflict(send: Send): void {
    this.#options.stats.refused++;
    send.reject(new Refusal('id-conflict'));
  }

  /** The group may be stored or not: asks until the store answers, and answers its senders in time in any case. */
  async #findFate(group: readonly Send[], deadline: number): Promise<void> {
    const { clock, stats } = this.#options;
    let over = false;
    const limit = clock.after(deadline - clock.monotonic(), () => {
      over = true;
      stats.storeUnknown += group.length;
      for (const send of group) send.reject(new Refusal('store-unknown'));
    });
    let pause = FIRST_PAUSE;
    while (!over) {
      const outcomes = await this.#store(group).catch(() => undefined);
      if (outcomes !== undefined) {
        limit.cancel();
        this.#answer(group, outcomes, true);
        return;
      }
      this.#goAway();
      await this.#pause(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    await this.#awaitStore(group);
  }

  /** Nobody waits for an answer any more. Returns when the store takes commits again. */
  async #awaitStore(group: readonly Send[]): Promise<void> {
    const [first] = group;
    while (!this.#closed && first !== undefined) {
      try {
        await this.#options.store.head(first.draft.room);
        break;
      } catch {
        await this.#pause(LONGEST_PAUSE);
      }
    }
    this.#away = false;
  }

  #goAway(): void {
    this.#away = true;
    const waiting = this.#queue;
    this.#queue = [];
    this.#queueLength = 0;
    for (const send of waiting) send.reject(this.#down());
  }

  #down(text?: string): Refusal {
    this.#options.stats.storeDown++;
    return new Refusal('store-down', text);
  }

  #tell(error: unknown): void {
    if (!this.#told) this.#options.log.error({ err: error }, 'the message store takes no messages');
    this.#told = true;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(ms, resolve));
  }
}
