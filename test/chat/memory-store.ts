import {
  type Draft,
  type Entry,
  isDeletion,
  type Message,
  type Outcome,
  StoreDown,
  StoreUnknown,
  type Unit,
  type Which,
} from '../../server/engines/message-store.ts';
import type { ModeratedStore } from '../../server/engines/moderation-store.ts';
import { splitUnits } from '../../server/engines/units.ts';
import { MemoryModeration } from './memory-moderation.ts';

/** `cut-before`, `cut-after`: the answer of a commit is lost, with nothing or everything stored. */
export type Trouble = 'down' | 'cut-before' | 'cut-after' | 'broken';

/** A message store in memory that fails as a test wants it to. */
export class MemoryStore implements ModeratedStore {
  readonly rooms = new Map<string, Entry[]>();
  readonly moderation = new MemoryModeration(this);
  /** What was deleted: the seq and time of a message by its key. */
  readonly erased = new Map<string, Pick<Message, 'seq' | 'time'>>();
  /** Sizes of the groups that were asked for. */
  readonly groups: number[] = [];
  reads = 0;
  trouble: Trouble | undefined;
  readable = true;
  /** Called before each answer. */
  latency: () => Promise<void> = async () => undefined;
  closed = false;

  async epoch(): Promise<string> {
    await this.#read();
    return 'epoch';
  }

  async commit(drafts: readonly Draft[], units: readonly Unit[] = []): Promise<Outcome[]> {
    this.groups.push(drafts.length);
    await this.latency();
    const { trouble } = this;
    if (trouble === 'down') throw new StoreDown('down');
    if (trouble === 'broken') throw new TypeError('broken');
    if (trouble === 'cut-before') throw new StoreUnknown('cut');
    const outcomes = splitUnits(drafts, units).flatMap((unit) => this.#storeUnit(unit));
    await this.latency();
    if (trouble === 'cut-after') throw new StoreUnknown('cut');
    return outcomes;
  }

  async head(room: string): Promise<number> {
    const entries = this.rooms.get(room) ?? [];
    await this.#read();
    return entries.at(-1)?.seq ?? 0;
  }

  async after(room: string, after: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    const found = this.#entries(room, which).filter(({ seq }) => seq > after);
    await this.#read();
    return found.slice(0, limit);
  }

  async before(room: string, before: number, limit: number, which: Which = 'all'): Promise<Entry[]> {
    const found = this.#entries(room, which).filter(({ seq }) => seq < before);
    await this.#read();
    return found.slice(-limit);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** All messages of a room, in order. */
  of(room: string): Message[] {
    return this.entries(room).filter((entry): entry is Message => !isDeletion(entry));
  }

  /** The same with what was deleted; what is pushed is stored. */
  entries(room: string): Entry[] {
    const entries = this.rooms.get(room) ?? [];
    this.rooms.set(room, entries);
    return entries;
  }

  #entries(room: string, which: Which): Entry[] {
    return which === 'all' ? [...this.entries(room)] : this.of(room);
  }

  async #read(): Promise<void> {
    this.reads++;
    await this.latency();
    if (!this.readable) throw new Error('cannot be read');
  }

  #storeUnit(unit: readonly Draft[]): Outcome[] {
    const before = new Map([...this.rooms].map(([room, messages]) => [room, messages.length]));
    const outcomes = unit.map((draft) => this.#store(draft));
    if (unit.length === 1 || !outcomes.some(({ kind }) => kind === 'conflict')) return outcomes;
    for (const [room, messages] of this.rooms) messages.length = before.get(room) ?? 0;
    return unit.map(() => ({ kind: 'conflict' }));
  }

  #store(draft: Draft): Outcome {
    const gone = this.erased.get(keyOf(draft));
    if (gone !== undefined) return { kind: 'duplicate', message: { ...draft, ...gone }, deleted: true };
    const there = this.of(draft.room).find(({ id, sender }) => id === draft.id && sender === draft.sender);
    if (there !== undefined) {
      return there.content === draft.content ? { kind: 'duplicate', message: there } : { kind: 'conflict' };
    }
    const entries = this.entries(draft.room);
    const message = { ...draft, seq: (entries.at(-1)?.seq ?? 0) + 1 };
    entries.push(message);
    return { kind: 'stored', message };
  }
}

/** The key under which a message is deleted. */
export function keyOf({ room, sender, id }: Pick<Draft, 'room' | 'sender' | 'id'>): string {
  return JSON.stringify([room, sender, id]);
}
