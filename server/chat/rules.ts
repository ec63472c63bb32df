import type { Draft, Message } from '../engines/message-store.ts';
import type { ModerationState, Mute, RoomRules } from '../engines/moderation-store.ts';
import { Refusal } from '../errors.ts';
import type { Author } from './author.ts';
import { fold } from './fold.ts';
import { Mutes } from './mutes.ts';
import { SlowMode } from './slow-mode.ts';
import { WordList } from './word-list.ts';

/** The rules of moderation as they hold on this instance. Nothing here talks to a store. */
export class Rules {
  readonly #mutes = new Mutes();
  readonly #slow = new SlowMode();
  #rooms: ReadonlyMap<string, RoomRules> = new Map();
  #words = new WordList([]);

  /** Returns the mutes whose addresses should be kept. */
  set({ mutes, rooms, words }: ModerationState, now: number): Mute[] {
    this.#rooms = new Map(rooms.map((rules) => [rules.room, rules]));
    this.#words = new WordList(words);
    return this.#mutes.set(mutes, now);
  }

  /**
   * Whether an author may send these messages now. Throws a `Refusal`: `room-closed`, `muted`, `word-refused`, `slow-mode`;
   * else they count as sent.
   */
  admit(drafts: readonly Draft[], author: Author, now: number): void {
    let last: Map<string, Draft> | undefined;
    for (const draft of drafts) {
      this.#refuseClosed(draft.room, author);
      this.#refuseMuted(draft, author, now);
      this.#refuseWords(draft);
      if (this.#slowModeOf(draft.room, author) === 0) continue;
      last ??= new Map();
      this.#refuseSoon(draft, author, last.get(draft.room), now);
      last.set(draft.room, draft);
    }
    for (const draft of last?.values() ?? []) this.#count(draft, author, now);
  }

  /** After `admit`: the mutes whose addresses should be kept, with that of the author. */
  covering(author: Author, now: number): Mute[] {
    return this.#mutes.covering(author, now);
  }

  /** A message was committed: its sender may have to wait, whatever instance it sent to. */
  heard({ room, sender, id, time }: Message, now: number): void {
    const { slowMode = 0 } = this.#rooms.get(room) ?? {};
    // By the other instance's clock it may be in the future.
    const until = Math.min(time, now) + slowMode * 1_000;
    if (until > now) this.#slow.sent(named(room, sender), id, until, now);
  }

  #refuseClosed(room: string, { moderator }: Author): void {
    if (!moderator && this.#rooms.get(room)?.closed)
      throw new Refusal('room-closed', `The room "${room}" is closed: it can be read, and nobody may send.`);
  }

  #refuseMuted({ room, sender }: Draft, author: Author, now: number): void {
    const mute = this.#mutes.of(room, sender, author, now);
    if (mute === undefined) return;
    const seconds = Math.ceil((mute.until - now) / 1_000);
    const where = mute.room === '' ? 'You are muted' : `You are muted in the room "${room}"`;
    throw new Refusal('muted', `${where}; that ends in ${inWords(seconds)}.`, { retryAfter: seconds });
  }

  #refuseWords({ sender, content }: Draft): void {
    const field = this.#words.isIn(content) ? 'content' : this.#words.isIn(sender) ? 'sender' : undefined;
    if (field !== undefined) throw new Refusal('word-refused', `"${field}" holds a word that is not allowed here.`);
  }

  #slowModeOf(room: string, { moderator }: Author): number {
    return moderator ? 0 : (this.#rooms.get(room)?.slowMode ?? 0);
  }

  #refuseSoon(draft: Draft, author: Author, before: Draft | undefined, now: number): void {
    const slow = this.#slowModeOf(draft.room, author);
    const names = namesOf(draft, author).map((who) => this.#slow.remaining(who, draft.id, now));
    const wait = before === undefined ? Math.max(...names) : slow * 1_000;
    if (wait <= 0) return;
    const seconds = Math.ceil(wait / 1_000);
    const text = `Slow mode: one message every ${inWords(slow)}. You may send again in ${inWords(seconds)}.`;
    throw new Refusal('slow-mode', text, { retryAfter: seconds });
  }

  #count(draft: Draft, author: Author, now: number): void {
    const until = now + this.#slowModeOf(draft.room, author) * 1_000;
    for (const who of namesOf(draft, author)) this.#slow.sent(who, draft.id, until, now);
  }
}

/** Whom slow mode counts: the name, which all instances see, and the session, whatever a guest calls itself. */
function namesOf({ room, sender }: Draft, { session }: Author): string[] {
  return [named(room, sender), `${room}\nsession\n${session}`];
}

function named(room: string, sender: string): string {
  return `${room}\nname\n${fold(sender)}`;
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
