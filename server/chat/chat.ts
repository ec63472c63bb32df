import type { Clock, Timer } from '../clock.ts';
import type { Backplane } from '../engines/backplane.ts';
import { type Draft, type Entry, isDeletion, type Message } from '../engines/message-store.ts';
import type { ModeratedStore } from '../engines/moderation-store.ts';
import type { PresenceStore } from '../engines/presence-store.ts';
import { Refusal } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Logger } from '../log.ts';
import type { Tracer } from '../tracer.ts';
import { type Author, nameOf } from './author.ts';
import { Committer, type Sent } from './committer.ts';
import { Exports } from './export.ts';
import { LatestState } from './latest.ts';
import { readMessage } from './message.ts';
import { type Moderation, type ModerationOptions, openModeration } from './moderation.ts';
import { isFrom, type News, readNews, writeNews } from './news.ts';
import { Presence } from './presence.ts';
import { receiving } from './receiving.ts';
import { openRoom, type Room } from './room.ts';
import { roomRules } from './room-rules.ts';
import { ChatStats } from './stats.ts';
import { Typing } from './typing.ts';

export interface ChatOptions {
  readonly hub: Hub;
  readonly store: ModeratedStore;
  readonly backplane: Backplane;
  readonly presenceStore: PresenceStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Makes the id of a message that came without one: a UUID, from real randomness. */
  readonly newId: () => string;
  /** The names of the rooms. */
  readonly rooms: readonly string[];
  /** Names this instance; no other instance, and no earlier life of this one, has the same name. */
  readonly instance: string;
  /** Others commit to the same store, and the backplane does not reach them: the store is asked all the time. */
  readonly unheard?: boolean;
  /** Tells where messages spend their time. */
  readonly tracer?: Tracer | undefined;
}

/** What names an instance on the presence channel. */
const INSTANCE = /^[\w-]{1,64}$/;
/** How often the store is asked for what others committed while no backplane tells of it, in milliseconds. */
const POLL = 250;
/** While it is up, every so many polls ask too: an instance may have died between its commit and its news. */
const SELDOM = 20;

/** Starts the chat. Rejects where the store does not answer. The engines stay the caller's to close. */
export async function createChat(options: ChatOptions): Promise<Chat> {
  const { rooms, store, backplane } = options;
  const stats = new ChatStats();
  const epoch = await store.epoch();
  // What moderation does is told by the chat, which has the rooms, which ask moderation.
  const tell: Pick<ModerationOptions, 'deleted' | 'changed' | 'ruled'> = {
    deleted: () => undefined,
    changed: () => undefined,
    ruled: () => undefined,
  };
  const moderation = await openModeration({
    ...{ ...options, stats, store: store.moderation },
    told: () => backplane.up && options.unheard !== true,
    deleted: (deletion) => tell.deleted(deletion),
    changed: (revision) => tell.changed(revision),
    ruled: () => tell.ruled(),
  });
  const heard = (message: Message): void => moderation.heard(message);
  const roomOptions = { ...options, stats, epoch, heard, backplaneUp: () => backplane.up };
  const opened = await Promise.all(rooms.map((name) => openRoom(name, roomOptions)));
  const chat = new Chat(options, stats, epoch, opened, moderation);
  tell.deleted = (deletion) => chat.tell(deletion);
  tell.changed = (moderation) => chat.tell({ moderation });
  tell.ruled = () => chat.ruled();
  return chat;
}

/** The chat of one instance: rooms, who is typing, who is here. */
export class Chat {
  /** Of the message store: seqs mean nothing under another one. */
  readonly epoch: string;
  readonly stats: ChatStats;
  readonly rooms: ReadonlyMap<string, Room>;
  readonly typing: Typing;
  readonly presence: Presence;
  readonly moderation: Moderation;
  /** What holds in each room. */
  readonly rules: LatestState;
  readonly exports: Exports;
  readonly #options: ChatOptions;
  readonly #committer: Committer;
  readonly #poll: Timer;
  #closed = false;

  constructor(options: ChatOptions, stats: ChatStats, epoch: string, rooms: readonly Room[], moderation: Moderation) {
    this.#options = options;
    this.stats = stats;
    this.epoch = epoch;
    this.rooms = new Map(rooms.map((room) => [room.name, room]));
    this.typing = new Typing({ ...options, stats });
    this.presence = new Presence(options);
    this.moderation = moderation;
    this.rules = new LatestState(options.hub, 'rooms', options.instance, this.#roomRules());
    this.exports = new Exports(options.store, options.clock);
    this.#committer = new Committer({
      ...options,
      stats,
      stored: (message, trace) => this.#stored(message, trace),
      found: (message) => this.#found(message),
    });
    let polls = 0;
    this.#poll = options.clock.every(POLL, () => {
      polls++;
      if (options.unheard || !options.backplane.up || polls % SELDOM === 0) this.#catchUp();
    });
    this.#subscribe();
  }

  /** Throws a `Refusal` (`unknown-room`). */
  room(name: string): Room {
    const room = this.rooms.get(name);
    if (room === undefined) throw new Refusal('unknown-room');
    return room;
  }

  /**
   * Sends a message: `{"id"?, "sender"?, "content"}`, as bytes of JSON or an object. `key` is an id from elsewhere. Resolves
   * when it is committed. Rejects with a `Refusal`: `unknown-room`, `invalid-json`, `invalid-message`, `invalid-parameter`, `room-closed`, `muted`, `word-refused`,
   * `slow-mode`, `id-conflict`, `store-down`, `store-unknown`, `stopping`.
   */
  async post(room: string, body: unknown, author: Author, key?: string): Promise<Sent> {
    const draft = this.draft(room, body, author, key);
    this.#admit([draft], author);
    const received = receiving(this.#options, draft, author);
    try {
      const sent = await this.#committer.commit(draft, received.trace);
      received.committed(sent);
      return sent;
    } catch (error) {
      received.refused(error);
      throw error;
    }
  }

  /** Checks a message, to be sent with others by `postAll`. Throws a `Refusal`, as `post` does for what a message says. */
  draft(room: string, body: unknown, author: Author, key?: string): Draft {
    const { newId, clock } = this.#options;
    try {
      const { id, sender, content } = readMessage(body);
      return {
        room: this.room(room).name,
        id: idOf(id, key) ?? newId(),
        sender: nameOf(author, sender),
        content,
        time: clock.now(),
      };
    } catch (error) {
      this.stats.refused++;
      throw error;
    }
  }

  /** Sends up to 500 drafts of one author as one: in their order, all or none, with nothing between them in their room. */
  async postAll(drafts: readonly Draft[], author: Author): Promise<readonly Sent[]> {
    this.#admit(drafts, author);
    const time = this.#options.clock.now();
    const received = drafts.map((draft) => receiving(this.#options, draft, author));
    const traces = received.map(({ trace }) => trace);
    try {
      const all = await this.#committer.commitAll(
        drafts.map((draft) => ({ ...draft, time })),
        traces,
      );
      for (const [i, sent] of all.entries()) received[i]?.committed(sent);
      return all;
    } catch (error) {
      for (const each of received) each.refused(error);
      throw error;
    }
  }

  /** Brings what moderation did to everybody: a deletion to our own gate too. */
  tell(news: News): void {
    if ('moderation' in news) void this.#publish(news);
    else this.#stored(news);
  }

  /** Tells everybody what holds in the rooms now. */
  ruled(): void {
    this.rules.set(this.#roomRules());
  }

  /** Commits what waits, and stops. */
  async close(): Promise<void> {
    await this.#committer.close();
    this.#closed = true;
    this.#poll.cancel();
    this.moderation.close();
    for (const room of this.rooms.values()) room.gate.close();
    this.typing.close();
    await this.presence.close();
  }

  #roomRules(): object {
    return { rooms: roomRules(this.rooms.keys(), this.moderation) };
  }

  #admit(drafts: readonly Draft[], author: Author): void {
    try {
      this.moderation.admit(drafts, author);
    } catch (error) {
      this.stats.refused += drafts.length;
      throw error;
    }
  }

  #stored(entry: Entry, trace?: string): void {
    const { clock, tracer } = this.#options;
    // What follows, here and elsewhere, comes after this step.
    const span = trace === undefined ? undefined : tracer?.follow('chat publish', trace);
    const news = isDeletion(entry) ? entry : { ...entry, committed: clock.now(), ...(span && { trace: span.context }) };
    this.rooms.get(entry.room)?.gate.offer(news);
    void this.#publish(news).finally(() => span?.end());
  }

  /** Whoever sent it first may have died before its news went out: what is new to us may be new to others. */
  #found(message: Message): void {
    const gate = this.rooms.get(message.room)?.gate;
    if (gate !== undefined && message.seq >= gate.next) this.#stored(message);
  }

  async #publish(news: News): Promise<void> {
    const { backplane, instance } = this.#options;
    const payload = writeNews(instance, this.epoch, news);
    try {
      const reached = backplane.up ? await backplane.publish('global-chat-channel', payload) : undefined;
      if (reached === undefined) this.stats.unpublished++;
      // Nobody heard it, not even we: what others said just now was lost on us too.
      else if (reached === 0 && !('moderation' in news)) this.rooms.get(news.room)?.gate.catchUp();
    } catch {
      // The others find it in the store.
      this.stats.unpublished++;
    }
  }

  #subscribe(): void {
    const { backplane, log } = this.#options;
    const { typing, presence } = this;
    const strange = (): void => void this.stats.strange++;
    const subscriptions = [
      backplane.subscribe('global-chat-channel', {
        message: (payload) => this.#hear(payload),
        resumed: () => this.#resumed(),
        tooLong: strange,
      }),
      backplane.subscribe('typing-channel', {
        message: (payload) => typing.hear(payload),
        resumed: () => undefined,
        tooLong: strange,
      }),
      backplane.subscribe('presence-channel', {
        message: (from) => (INSTANCE.test(from) ? presence.hear(from) : strange()),
        resumed: () => presence.lookAgain(),
        tooLong: strange,
      }),
    ];
    for (const subscribed of subscriptions) {
      subscribed.catch((error) => log.error({ err: error }, 'the backplane cannot be listened to'));
    }
  }

  #hear(payload: string): void {
    // One's own messages passed the gate when they were committed.
    if (this.#closed || isFrom(this.#options.instance, payload)) return;
    const news = readNews(payload, this.epoch);
    if (news !== undefined && 'moderation' in news) {
      this.moderation.hear(news.moderation);
      return;
    }
    const room = news === undefined ? undefined : this.rooms.get(news.room);
    if (news === undefined || room === undefined) {
      this.stats.strange++;
      return;
    }
    const committed = isDeletion(news) ? undefined : news.committed;
    if (committed !== undefined)
      this.stats.newsDelays.observe(Math.max(0, this.#options.clock.now() - committed) / 1_000);
    room.gate.offer(news);
  }

  #resumed(): void {
    this.#catchUp();
    if (!this.#closed) void this.moderation.refresh();
  }

  #catchUp(): void {
    if (!this.#closed) for (const room of this.rooms.values()) room.gate.catchUp();
  }
}

/** One of two ways to give the id. */
function idOf(id: string | undefined, key: string | undefined): string | undefined {
  if (id !== undefined && key !== undefined && id !== key)
    throw new Refusal('invalid-parameter', 'The header Idempotency-Key and the field id must be the same.');
  return id ?? key;
}
