import {
  type Draft,
  type Message,
  type MessageStore,
  type Outcome,
  StoreDown,
  StoreUnknown,
  type Unit,
} from '../../server/engines/message-store.ts';
import { splitUnits } from '../../server/engines/units.ts';

/** `cut-before`, `cut-after`: the answer of a commit is lost, with nothing or everything stored. */
export type Trouble = 'down' | 'cut-before' | 'cut-after' | 'broken';

/** A message store in memory that fails as a test wants it to. */
export class MemoryStore implements MessageStore {
  readonly rooms = new Map<string, Message[]>();
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
    const messages = this.of(room);
    await this.#read();
    return messages.at(-1)?.seq ?? 0;
  }

  async after(room: string, after: number, limit: number): Promise<Message[]> {
    const found = this.of(room).filter(({ seq }) => seq > after);
    await this.#read();
    return found.slice(0, limit);
  }

  async before(room: string, before: number, limit: number): Promise<Message[]> {
    const found = this.of(room).filter(({ seq }) => seq < before);
    await this.#read();
    return found.slice(-limit);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** All messages of a room, in order. */
  of(room: string): Message[] {
    const messages = this.rooms.get(room) ?? [];
    this.rooms.set(room, messages);
    return messages;
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
    const messages = this.of(draft.room);
    const there = messages.find(({ id, sender }) => id === draft.id && sender === draft.sender);
    if (there !== undefined) {
      return there.content === draft.content ? { kind: 'duplicate', message: there } : { kind: 'conflict' };
    }
    const message = { ...draft, seq: (messages.at(-1)?.seq ?? 0) + 1 };
    messages.push(message);
    return { kind: 'stored', message };
  }
}
