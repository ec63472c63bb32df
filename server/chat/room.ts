import type { Clock } from '../clock.ts';
import type { Message, MessageStore } from '../engines/message-store.ts';
import { Refusal } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { LogBounds } from '../hub/log.ts';
import type { Page } from '../hub/overflow.ts';
import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import type { Logger } from '../log.ts';
import { type ChatEvent, eventSize, messageEvent, truncatedEvent } from './event.ts';
import { Gate } from './gate.ts';
import { HeadReader } from './head-reader.ts';
import type { ChatStats } from './stats.ts';

export interface RoomOptions {
  readonly hub: Hub;
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  readonly epoch: string;
  backplaneUp(): boolean;
}

/** Which part of a room's history: the messages between two seqs, without those; the newest without `after`. */
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
  for (const message of recent) room.gate.offer(message);
  return room;
}

/** A chat room: the stream of its messages, where the position is the seq, and the gate that leads into it. */
export class Room {
  readonly name: string;
  readonly stream: Stream<ChatEvent>;
  readonly gate: Gate;
  readonly #store: MessageStore;
  readonly #heads: HeadReader;

  constructor(name: string, next: number, options: RoomOptions) {
    const { hub, store, epoch } = options;
    this.name = name;
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
      pass: (message) => void this.stream.append(messageEvent(message)),
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

  /** The part of the history that was asked for, if all of it is in the log. */
  #remembered({ before, after }: HistoryQuery, limit: number): Message[] | undefined {
    const { first, next } = this.stream;
    const end = Math.min(before ?? next, next);
    const start = Math.max(1, after === undefined ? end - limit : after + 1);
    if (start < first) return undefined;
    const messages: Message[] = [];
    for (let seq = start; seq < Math.min(end, start + limit); seq++) {
      const event = this.stream.at(seq);
      if (event?.kind === 'message') messages.push(event.message);
    }
    return messages;
  }

  async #read({ before, after }: HistoryQuery, limit: number): Promise<Message[]> {
    if (after === undefined) {
      return this.#answer(this.#store.before(this.name, before ?? Number.MAX_SAFE_INTEGER, limit));
    }
    const messages = await this.#answer(this.#store.after(this.name, after, limit));
    return before === undefined ? messages : messages.filter((message) => message.seq < before);
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
    const messages = await this.#store.after(this.name, asked - 1, limit);
    const first = messages[0]?.seq ?? asked;
    const page = { first, events: messages.map(messageEvent) };
    return first > asked ? { ...page, notice: truncatedEvent(first) } : page;
  }
}
