import type { Clock, Timer } from '../clock.ts';
import { type Deletion, type Draft, type Message, StoreUnknown } from '../engines/message-store.ts';
import type {
  Action,
  AuditEntry,
  Change,
  ModerationState,
  ModerationStore,
  Mute,
  RoomRules,
} from '../engines/moderation-store.ts';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Author } from './author.ts';
import { fold } from './fold.ts';
import { Rules } from './rules.ts';
import type { ChatStats } from './stats.ts';
import { readWord } from './word-list.ts';

export interface ModerationOptions {
  readonly store: ModerationStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stats: ChatStats;
  /** Whether others' changes are told us as they happen. */
  told(): boolean;
  /** A message was deleted by us, or had been. */
  deleted(deletion: Deletion): void;
  /** We changed the rules: others should read them. */
  changed(revision: number): void;
  /** Other rules hold here now, whoever changed them. */
  ruled(): void;
}

/** Who moderates, and why: for the audit. */
export interface Reason {
  /** The name of a token, `moderator` or `operator`. */
  readonly by: string;
  readonly reason: string;
}

/** Rules as they are shown. */
export interface ShownRules {
  readonly mutes: readonly Pick<Mute, 'name' | 'room' | 'until'>[];
  /** Those that were ever set. */
  readonly rooms: readonly RoomRules[];
  readonly words: readonly string[];
}

/** How often the store is asked whether the rules have changed, in milliseconds; while we are told, every so many times. */
const POLL = 1_000;
const SELDOM = 5;
/** Mutes that hold at once, and words, at most. */
const MAX_MUTES = 10_000;
const MAX_WORDS = 1_000;

/** Starts moderation with the rules that hold. Rejects where the store does not answer. */
export async function openModeration(options: ModerationOptions): Promise<Moderation> {
  const state = await options.store.read();
  return new Moderation(options, state ?? { revision: 0, mutes: [], rooms: [], words: [] });
}

/**
 * What moderators may do, and what that means for everybody else. Each act is committed together with its audit entry before
 * it resolves, and holds on this instance then; on the others as soon as they hear of it, or read the rules by themselves.
 * Rejects with a `Refusal`: `store-down`, `store-unknown` (ask again), or what is named beside it.
 */
export class Moderation {
  readonly #options: ModerationOptions;
  readonly #rules = new Rules();
  readonly #poll: Timer;
  #state: ModerationState;
  #reading: Promise<void> | undefined;
  /** Addresses are being written down. */
  #covering = false;
  /** Since the last read that worked, the log was told. */
  #told = false;
  #closed = false;

  constructor(options: ModerationOptions, state: ModerationState) {
    this.#options = options;
    this.#state = state;
    this.#rules.set(state, options.clock.now());
    let polls = 0;
    this.#poll = options.clock.every(POLL, () => {
      polls++;
      if (!options.told() || polls % SELDOM === 0) void this.refresh();
    });
  }

  // What the chat asks.

  /**
   * Whether these messages of one author may be sent now. Throws a `Refusal`: `room-closed`, `muted`, `word-refused`,
   * `slow-mode`; else they count as sent.
   */
  admit(drafts: readonly Draft[], author: Author): void {
    const now = this.#options.clock.now();
    try {
      this.#rules.admit(drafts, author, now);
    } finally {
      this.#cover(this.#rules.covering(author, now));
    }
  }

  /** A message was committed, here or elsewhere. */
  heard(message: Message): void {
    this.#rules.heard(message, this.#options.clock.now());
  }

  /** Another instance has these rules. */
  hear(revision: number): void {
    if (revision > this.#state.revision) void this.refresh();
  }

  /** Reads the rules again. Resolves when that was tried. */
  async refresh(): Promise<void> {
    // One that is under way may have asked too early.
    await this.#reading;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  close(): void {
    this.#closed = true;
    this.#poll.cancel();
  }

  // What moderators do.

  /** Deletes a message for good, for everybody. The same again gives the same answer. Refused with `no-such-message`. */
  async delete(room: string, seq: number, { by, reason }: Reason): Promise<Deletion> {
    const { store, clock, stats, deleted } = this.#options;
    const action = { by, action: 'delete', target: `${room}/${seq}`, reason, time: clock.now() };
    const deletion = await answered(store.erase(room, seq, action));
    if (deletion === undefined) throw new Refusal('no-such-message');
    if (deletion.time === action.time) stats.deleted++;
    deleted(deletion);
    return deletion;
  }

  /** The time that mutes are told against: milliseconds since 1970. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Keeps a name from sending until a time; in all rooms where `room` is empty. Refused with `too-many-rules`. */
  async mute({ name, room, until }: Pick<Mute, 'name' | 'room' | 'until'>, why: Reason): Promise<void> {
    const now = this.#options.clock.now();
    const held = this.#state.mutes.filter((mute) => mute.until > now).length;
    if (held >= MAX_MUTES) throw new Refusal('too-many-rules', `At most ${MAX_MUTES} mutes hold at once.`);
    const mute: Mute = { key: fold(name), name, room, until, addresses: [] };
    const target = `${name} ${where(room)} until ${new Date(until).toISOString()}`;
    await this.#change({ kind: 'mute', mute }, 'mute', target, why);
  }

  /** Lets a name send again. */
  async unmute({ name, room }: Pick<Mute, 'name' | 'room'>, why: Reason): Promise<void> {
    await this.#change({ kind: 'unmute', key: fold(name), room }, 'unmute', `${name} ${where(room)}`, why);
  }

  /** Sets what holds in a room. */
  async setRoom(rules: RoomRules, why: Reason): Promise<void> {
    const slow = rules.slowMode > 0 ? `slow mode of ${rules.slowMode} s` : 'no slow mode';
    const target = `${rules.room}: ${slow}, ${rules.closed ? 'closed' : 'open'}`;
    await this.#change({ kind: 'room', rules }, 'room', target, why);
  }

  /** Refuses messages with a word from now on. Refused with `invalid-message`, `too-many-rules`. Returns it as it is kept. */
  async addWord(text: string, why: Reason): Promise<string> {
    const word = readWord(text);
    if (this.#state.words.length >= MAX_WORDS)
      throw new Refusal('too-many-rules', `The list has at most ${MAX_WORDS} words.`);
    await this.#change({ kind: 'add-word', word }, 'add-word', word, why);
    return word;
  }

  /** Refused with `invalid-message`. */
  async removeWord(text: string, why: Reason): Promise<string> {
    const word = readWord(text);
    await this.#change({ kind: 'remove-word', word }, 'remove-word', word, why);
    return word;
  }

  /** What holds now, as far as this instance knows. */
  rules(): ShownRules {
    const now = this.#options.clock.now();
    const mutes = this.#state.mutes.filter(({ until }) => until > now);
    return {
      mutes: mutes.map(({ name, room, until }) => ({ name, room, until })),
      rooms: this.#state.rooms,
      words: this.#state.words,
    };
  }

  /** Who did what: the newest first, those with an id below `before`. */
  async audit(before: number, limit: number): Promise<AuditEntry[]> {
    return answered(this.#options.store.audit(before, limit));
  }

  /** Writes down what changes no rule. */
  async note(action: string, target: string, { by, reason }: Reason): Promise<void> {
    await answered(this.#options.store.note({ by, action, target, reason, time: this.#options.clock.now() }));
  }

  async #change(change: Change, action: string, target: string, { by, reason }: Reason): Promise<void> {
    const { store, clock } = this.#options;
    const done: Action = { by, action, target, reason, time: clock.now() };
    const revision = await answered(store.change(change, done));
    this.#options.changed(revision);
    await this.refresh();
  }

  async #read(): Promise<void> {
    const { store, clock, log } = this.#options;
    try {
      const state = await store.read(this.#state.revision);
      this.#told = false;
      if (state === undefined || this.#closed) return;
      this.#state = state;
      this.#cover(this.#rules.set(state, clock.now()));
      this.#options.ruled();
    } catch (error) {
      if (!this.#told && !this.#closed) log.warn({ err: error }, 'the rules of moderation cannot be read');
      this.#told = true;
    }
  }

  /** Writes down from where those who are muted came, for the other instances and for after a restart. */
  #cover(mutes: readonly Mute[]): void {
    if (mutes.length === 0 || this.#covering || this.#closed) return;
    this.#covering = true;
    void this.#keepAddresses(mutes).finally(() => {
      this.#covering = false;
    });
  }

  async #keepAddresses(mutes: readonly Mute[]): Promise<void> {
    const { store, log, changed } = this.#options;
    try {
      for (const mute of mutes) changed(await store.change({ kind: 'cover', mute }, undefined));
      await this.refresh();
    } catch (error) {
      log.warn({ err: error }, 'where muted guests come from could not be stored');
    }
  }
}

function where(room: string): string {
  return room === '' ? 'in all rooms' : `in ${room}`;
}

async function answered<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreUnknown)
      throw new Refusal('store-unknown', 'It is not known whether that was done; ask for the same again.', {
        cause: error,
      });
    throw new Refusal('store-down', 'The store does not answer; nothing was done.', { cause: error });
  }
}
