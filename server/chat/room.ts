import type { Clock } from '../clock.ts';
import { type Deletion, isDeletion, type Message, type MessageStore } from '../engines/message-store.ts';
import { Refusal } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { LogBounds } from '../hub/log.ts';
import type { Page } from '../hub/overflow.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import type { Logger } from '../log.ts';
import type { Tracer } from '../tracer.ts';
import { type ChatEvent, entryEvent, eventSize, truncatedEvent } from './event.ts';
import { Gate } from './gate.ts';
import { HeadReader } from './head-reader.ts';
import type { EntryNews, MessageNews } from './news.ts';
import type { ChatStats } from './stats.ts';

export interface RoomOptions {
  readonly hub: Hub;
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  readonly epoch: string;
  readonly tracer?: Tracer | undefined;
  backplaneUp(): boolean;
  /** A message is let through, here or on another instance committed. */
  heard(message: Message): void;
}

/**
 * Which part of a room's history: the messages between two seqs, without those; the newest without `after`. Deleted ones and
 * deletions are left out, and not counted: an answer has `limit` messages as long as there are so many.
 */
export interface HistoryQuery {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** At most `MAX_HISTORY` are given. */
  readonly limit: number;
}

export interface History {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** The seq of the room's newest message, 0 where there is none. */
  readonly head: number;
}

/** Messages of one answer about the history, at most. */
export const MAX_HISTORY = 200;
const BOUNDS: LogBounds = { count: 10_000, bytes: 16 * 1024 * 1024, age: 60 * 60 * 1000 };

/** Opens a room with its newest messages in memory, so that those who come back after a restart do not ask the store. */
export async function openRoom(name: string, options: RoomOptions): Promise<Room> {
  const recent = await options.store.before(name, Number.MAX_SAFE_INTEGER, MAX_HISTORY);
  const room = new Room(name, recent[0]?.seq ?? (await options.store.head(name)) + 1, options);
  for (const entry of recent) room.gate.offer(entry);
  return room;
}

/** A chat room: the stream of its messages, where the position is the seq, and the gate that leads into it. */
export class Room {
  readonly name: string;
  readonly stream: Stream<ChatEvent>;
  readonly gate: Gate;
  readonly #options: RoomOptions;
  readonly #store: MessageStore;
  readonly #heads: HeadReader;

  constructor(name: string, next: number, options: RoomOptions) {
    const { hub, store, epoch } = options;
    this.name = name;
    this.#options = options;
    this.#store = store;
    this.#heads = new HeadReader(() => store.head(name));
    this.stream = hub.stream<ChatEvent>({
      name: `chat:${name}`,
      epoch,
      bounds: BOUNDS,
      size: eventSize,
      overflow: { policy: 'complete', read: (from, limit) => this.#page(from, limit) },
      next,
      bornAt: (event) => (event.kind === 'message' ? event.message.committed : undefined),
    });
    this.gate = new Gate({
      ...options,
      room: name,
      next,
      pass: (entry) => this.#pass(entry),
    });
  }

  /**
   * Where a subscription begins: after this seq, or at the head. Throws a `Refusal`: `invalid-parameter`,
   * `position-unknown`, `store-down`.
   */
  start(after: string | undefined): Start<ChatEvent> | Promise<Start<ChatEvent>> {
    const { next } = this.stream;
    if (after === undefined) return { next };
    const seq = /^\d{1,16}$/.test(after) ? Number(after) : Number.NaN;
    if (!Number.isSafeInteger(seq)) {
      throw new Refusal('invalid-parameter', 'The header "after" must be the seq of a message, or 0.');
    }
    return seq < next ? { next: seq + 1 } : this.#startAhead(seq);
  }

  /** How many messages the store has that are not here yet. Rejects as the store does. */
  async behind(): Promise<number> {
    return Math.max(0, (await this.#heads.read()) - (this.gate.next - 1));
  }

  /** Part of the history. Rejects with a `Refusal` (`store-down`) where it is not in memory and cannot be read. */
  async history(query: HistoryQuery): Promise<History> {
    const limit = Math.min(query.limit, MAX_HISTORY);
    const messages = this.#remembered(query, limit) ?? (await this.#read(query, limit));
    // While the store was read, the gate may have fallen behind it or gone past it.
    return { messages, head: Math.max(this.stream.next - 1, messages.at(-1)?.seq ?? 0) };
  }

  /** Ahead of us: another instance may have committed it, and its client come here before the news. */
  async #startAhead(seq: number): Promise<Start<ChatEvent>> {
    const head = await this.#answer(this.#heads.read());
    if (seq > head) throw new Refusal('position-unknown', `The room "${this.name}" ends at ${head}, before ${seq}.`);
    this.gate.catchUp();
    return { next: seq + 1 };
  }

  #pass(entry: EntryNews): void {
    this.stream.append(entryEvent(entry));
    if ('trace' in entry) this.#trace(entry);
    if (!isDeletion(entry)) this.#options.heard(entry);
    else if (entry.target < entry.seq) this.#forget(entry);
  }

  /** The last step of a message here: it was written to all who listen. */
  #trace({ trace, seq }: MessageNews): void {
    if (trace === undefined) return;
    const span = this.#options.tracer?.follow('chat deliver', trace, { 'chat.room': this.name, 'chat.seq': seq });
    const clients = this.stream.cursors.length;
    if (span !== undefined) this.stream.afterPass(() => span.end({ 'chat.clients': clients }));
  }

  /** What is deleted is not kept here either: who comes later gets what the store has now. */
  #forget({ room, target, time }: Deletion): void {
    const there = this.stream.at(target);
    const sent = there?.kind === 'message' ? there.message.time : time;
    this.stream.replace(target, entryEvent({ room, seq: target, target, time: sent }));
  }

  /** The part of the history that was asked for, if all of it is in the log. */
  #remembered({ before, after }: HistoryQuery, limit: number): Message[] | undefined {
    const { first, next } = this.stream;
    const end = Math.min(before ?? next, next);
    const messages: Message[] = [];
    const take = (seq: number): void => {
      const event = this.stream.at(seq);
      if (event?.kind === 'message') messages.push(event.message);
    };
    if (after !== undefined) {
      if (after + 1 < first) return undefined;
      for (let seq = after + 1; seq < end && messages.length < limit; seq++) take(seq);
      return messages;
    }
    let seq = end - 1;
    for (; seq >= first && messages.length < limit; seq--) take(seq);
    return messages.length === limit || first <= 1 ? messages.reverse() : undefined;
  }

  async #read({ before, after }: HistoryQuery, limit: number): Promise<Message[]> {
    const { name } = this;
    const entries =
      after === undefined
        ? await this.#answer(this.#store.before(name, before ?? Number.MAX_SAFE_INTEGER, limit, 'messages'))
        : await this.#answer(this.#store.after(name, after, limit, 'messages'));
    const messages = entries.filter((entry): entry is Message => !isDeletion(entry));
    return before === undefined ? messages : messages.filter(({ seq }) => seq < before);
  }

  async #answer<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (error) {
      throw new Refusal('store-down', 'The message store does not answer.', { cause: error });
    }
  }

  /** A page of the store for those whom the log has left behind. Seqs begin at 1. */
  async #page(from: number, limit: number): Promise<Page<ChatEvent>> {
    const asked = Math.max(1, from);
    const entries = await this.#store.after(this.name, asked - 1, limit);
    const first = entries[0]?.seq ?? asked;
    const page = { first, events: entries.map(entryEvent) };
    return first > asked ? { ...page, notice: truncatedEvent(first) } : page;
  }
}
