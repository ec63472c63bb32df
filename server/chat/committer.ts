import type { Clock } from '../clock.ts';
import {
  type Draft,
  type Message,
  type MessageStore,
  type Outcome,
  StoreDown,
  type Unit,
} from '../engines/message-store.ts';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Span, Tracer } from '../tracer.ts';
import type { ChatStats } from './stats.ts';

export interface CommitterOptions {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  readonly tracer?: Tracer | undefined;
  /** A message was committed by us, in the order of its seq; called before its sender is answered. */
  stored(message: Message, trace?: string): void;
  /** A message that was sent again was found in the store. */
  found(message: Message): void;
}

/** What became of a send. `duplicate`: it had been committed before. */
export interface Sent {
  readonly message: Message;
  readonly duplicate: boolean;
}

/** One message, or several that are stored all or none. */
interface Send {
  readonly drafts: readonly Draft[];
  /** When it came, on the monotonic clock. */
  readonly at: number;
  /** The context of the trace of each of them that has one. */
  readonly traces: readonly (string | undefined)[];
  resolve(sent: readonly Sent[]): void;
  reject(refusal: Refusal): void;
}

/** A group that the store has. */
interface Committing {
  readonly group: readonly Send[];
  /** Until when its senders wait at most for its fate, on the monotonic clock. */
  readonly deadline: number;
  readonly done: Promise<{ readonly outcomes: readonly Outcome[] } | { readonly error: unknown }>;
}

/** How long the first send of a group waits for others, in milliseconds. */
const GATHER = 1;
/** The port's limit. */
const MAX_GROUP = 500;
/**
 * Sends that may wait for their commit: their number, and the sum of the lengths of their contents. It is a second of what SQLite
 * takes: a disk that stalls for half of one, as at a checkpoint, makes receipts late and refuses nothing.
 */
const MAX_QUEUE = 20_000;
const MAX_QUEUE_LENGTH = 8_000_000;
/** How long after a commit began its senders wait at most for its fate, in milliseconds. */
const FATE_LIMIT = 5_000;
/** The first pause between two questions to a store that does not answer, and the longest, in milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 500;

/**
 * Gathers sends for about a millisecond and commits them as one group, one group at a time. While a group is being
 * committed the next one gathers, and the store has that before we tell of the one that is done.
 *
 * A commit that was cut is settled by sending the same group again: what the first try stored comes back as found, what
 * it did not store is stored now. So every fate becomes known as soon as the store answers, whatever the first try does.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #queue: Send[] = [];
  /** Of what waits: how many messages, and the sum of the lengths of their contents. */
  #queued = 0;
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
  commit(draft: Draft, trace?: string): Promise<Sent> {
    return new Promise((resolve, reject) => {
      const answer = ([sent]: readonly Sent[]): void => {
        if (sent !== undefined) resolve(sent);
      };
      this.#add({ at: this.#now(), traces: [trace], drafts: [draft], resolve: answer, reject });
    });
  }

  /**
   * The same for several, at most 500: all of them are committed or none is, in this order and with no others between them
   * in their room. One with the id of other content refuses all. `traces` are in the same order.
   */
  commitAll(drafts: readonly Draft[], traces: readonly (string | undefined)[] = []): Promise<readonly Sent[]> {
    return new Promise((resolve, reject) => this.#add({ at: this.#now(), drafts, traces, resolve, reject }));
  }

  /** Commits what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  async #run(): Promise<void> {
    await this.#pause(GATHER);
    let next = this.#begin();
    while (next !== undefined) {
      const { group, deadline, done }: Committing = next;
      const result = await done;
      if ('error' in result) {
        await this.#failed(group, result.error, deadline);
        next = undefined;
      } else {
        next = this.#begin();
        this.#answer(group, result.outcomes, false);
      }
      next ??= this.#begin();
    }
    this.#running = undefined;
  }

  /** Gives the store what waits, if anything does. */
  #begin(): Committing | undefined {
    if (this.#queue.length === 0) return undefined;
    const group = this.#takeGroup();
    const deadline = this.#now() + FATE_LIMIT;
    const done = this.#store(group).then(
      (outcomes) => ({ outcomes }),
      (error) => ({ error }),
    );
    return { group, deadline, done };
  }

  #add(send: Send): void {
    const refusal = this.#refusalOf(send);
    if (refusal !== undefined) {
      send.reject(refusal);
      return;
    }
    this.#queue.push(send);
    this.#count(send, 1);
    this.#running ??= this.#run();
  }

  #refusalOf({ drafts }: Send): Refusal | undefined {
    if (this.#closed) return new Refusal('stopping');
    if (this.#away) return this.#down();
    const fits = this.#queued + drafts.length <= MAX_QUEUE && this.#queueLength + lengthOf(drafts) <= MAX_QUEUE_LENGTH;
    if (fits) return undefined;
    return this.#down('The server is busy: too many messages wait to be stored. Nothing was stored.');
  }

  #count({ drafts }: Send, sign: 1 | -1): void {
    this.#queued += sign * drafts.length;
    this.#queueLength += sign * lengthOf(drafts);
  }

  #takeGroup(): Send[] {
    let size = 0;
    let end = 0;
    for (const { drafts } of this.#queue) {
      size += drafts.length;
      if (size > MAX_GROUP) break;
      end++;
    }
    const group = this.#queue.slice(0, end);
    this.#queue = this.#queue.slice(end);
    for (const send of group) this.#count(send, -1);
    return group;
  }

  async #failed(group: readonly Send[], error: unknown, deadline: number): Promise<void> {
    this.#tell(error);
    if (error instanceof StoreDown) for (const send of group) send.reject(this.#down());
    else await this.#findFate(group, deadline);
  }

  async #store(group: readonly Send[]): Promise<Outcome[]> {
    const drafts = group.flatMap((send) => send.drafts);
    const begun = this.#now();
    const { stats, store } = this.#options;
    const spans = this.#traced(group, drafts.length);
    const outcomes = await store.commit(drafts, unitsOf(group)).finally(() => {
      for (const span of spans) span.end();
    });
    stats.commits.observe((this.#now() - begun) / 1_000);
    stats.groupSizes.observe(drafts.length);
    this.#away = false;
    if (this.#told) this.#options.log.info({}, 'the message store takes messages again');
    this.#told = false;
    return outcomes;
  }

  /** A commit is a step of each message in it that is traced. */
  #traced(group: readonly Send[], messages: number): Span[] {
    const { tracer } = this.#options;
    if (tracer === undefined) return [];
    return group
      .flatMap(({ traces }) => traces)
      .flatMap((trace) =>
        trace === undefined ? [] : [tracer.follow('chat commit', trace, { 'chat.group': messages })],
      );
  }

  #answer(group: readonly Send[], outcomes: readonly Outcome[], again: boolean): void {
    const { stats } = this.#options;
    const now = this.#now();
    let at = 0;
    for (const send of group) {
      stats.receipts.observe((now - send.at) / 1_000);
      const sent = send.drafts.map((draft, i) => this.#accept(draft, outcomes[at + i], again, send.traces[i]));
      at += send.drafts.length;
      if (sent.every((each) => each !== undefined)) send.resolve(sent);
      else this.#refuseConflict(send);
    }
  }

  /** Returns `undefined` for a conflict: of a send of several, either all are or none is. */
  #accept(draft: Draft, outcome: Outcome | undefined, again: boolean, trace?: string): Sent | undefined {
    if (outcome === undefined || outcome.kind === 'conflict') return undefined;
    const { kind, message, deleted } = outcome;
    const { stats, stored, found } = this.#options;
    if (deleted) {
      // The text is gone for good: nobody but its sender hears of it.
      stats.resent++;
      return { message, duplicate: true };
    }
    // What our own first try stored has the time of its draft; a message of an earlier send has another.
    const ours = kind === 'stored' || (again && message.time === draft.time);
    if (ours) {
      stats.accepted++;
      stored(message, trace);
    } else {
      stats.resent++;
      found(message);
    }
    return { message, duplicate: !ours };
  }

  #refuseConflict(send: Send): void {
    this.#options.stats.refused += send.drafts.length;
    const text = 'One of the messages has the id of another one with other content; none was stored.';
    send.reject(new Refusal('id-conflict', send.drafts.length > 1 ? text : undefined));
  }

  /** The group may be stored or not: asks until the store answers, and answers its senders in time in any case. */
  async #findFate(group: readonly Send[], deadline: number): Promise<void> {
    const { clock, stats } = this.#options;
    let over = false;
    const limit = clock.after(deadline - clock.monotonic(), () => {
      over = true;
      for (const { drafts } of group) stats.storeUnknown += drafts.length;
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
    const first = group[0]?.drafts[0];
    while (!this.#closed && first !== undefined) {
      try {
        await this.#options.store.head(first.room);
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
    this.#queued = 0;
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

function lengthOf(drafts: readonly Draft[]): number {
  let length = 0;
  for (const { content } of drafts) length += content.length;
  return length;
}

/** Where in the group the sends of several messages lie. */
function unitsOf(group: readonly Send[]): Unit[] {
  const units: Unit[] = [];
  let from = 0;
  for (const { drafts } of group) {
    if (drafts.length > 1) units.push({ from, to: from + drafts.length });
    from += drafts.length;
  }
  return units;
}
