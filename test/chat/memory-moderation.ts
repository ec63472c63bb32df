import { type Deletion, isDeletion, StoreDown, StoreUnknown } from '../../server/engines/message-store.ts';
import type {
  Action,
  AuditEntry,
  Bounds,
  Change,
  ModerationState,
  ModerationStore,
  Mute,
  RoomRules,
} from '../../server/engines/moderation-store.ts';
import { keyOf, type MemoryStore } from './memory-store.ts';

/** The moderation of a message store in memory, which fails as that one does. */
export class MemoryModeration implements ModerationStore {
  readonly #store: MemoryStore;
  readonly #deletions = new Map<string, Deletion>();
  readonly entries: AuditEntry[] = [];
  reads = 0;
  #revision = 0;
  #mutes: readonly Mute[] = [];
  #rooms: readonly RoomRules[] = [];
  #words: readonly string[] = [];

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** A mute as if it had been there. */
  add(mute: Mute): void {
    this.#mutes = [...this.#mutes, mute];
  }

  async read(known?: number): Promise<ModerationState | undefined> {
    this.reads++;
    if (!this.#store.readable) throw new Error('cannot be read');
    if (known === this.#revision) return undefined;
    return { revision: this.#revision, mutes: this.#mutes, rooms: this.#rooms, words: this.#words };
  }

  change(change: Change, action: Action | undefined): Promise<number> {
    return this.#write(() => {
      this.#apply(change);
      if (action !== undefined) this.#note(action);
      return ++this.#revision;
    });
  }

  erase(room: string, seq: number, action: Action): Promise<Deletion | undefined> {
    return this.#write(() => {
      const done = this.#deletions.get(`${room}/${seq}`);
      if (done !== undefined) return done;
      const entries = this.#store.entries(room);
      const index = entries.findIndex((entry) => entry.seq === seq);
      const message = entries[index];
      if (message === undefined || isDeletion(message)) return undefined;
      const deletion = { room, seq: (entries.at(-1)?.seq ?? 0) + 1, target: seq, time: action.time };
      entries[index] = { room, seq, target: seq, time: message.time };
      entries.push(deletion);
      this.#store.erased.set(keyOf(message), { seq, time: action.time });
      this.#deletions.set(`${room}/${seq}`, deletion);
      this.#note(action);
      return deletion;
    });
  }

  async trim(room: string, { rows, before }: Bounds, limit: number): Promise<number> {
    const entries = this.#store.entries(room);
    const head = entries.at(-1)?.seq ?? 0;
    const stays = entries.findIndex(
      ({ seq, time }) => seq >= head || !((rows > 0 && seq <= head - rows) || time < before),
    );
    return entries.splice(0, Math.min(limit, stays)).length;
  }

  async audit(before: number, limit: number): Promise<AuditEntry[]> {
    return this.entries
      .filter(({ id }) => id < before)
      .reverse()
      .slice(0, limit);
  }

  note(action: Action): Promise<void> {
    return this.#write(() => this.#note(action));
  }

  async #write<T>(work: () => T): Promise<T> {
    const { trouble } = this.#store;
    await this.#store.latency();
    if (trouble === 'down') throw new StoreDown('down');
    if (trouble === 'cut-before') throw new StoreUnknown('cut');
    const done = work();
    await this.#store.latency();
    if (trouble === 'cut-after') throw new StoreUnknown('cut');
    return done;
  }

  #note(action: Action): void {
    this.entries.push({ ...action, id: this.entries.length + 1 });
  }

  #apply(change: Change): void {
    const isOther =
      ({ room, key }: { room: string; key: string }) =>
      (mute: Mute) =>
        mute.room !== room || mute.key !== key;
    switch (change.kind) {
      case 'mute':
        this.#mutes = [...this.#mutes.filter(isOther(change.mute)), change.mute];
        return;
      case 'cover':
        this.#mutes = this.#mutes.map((mute) => (isOther(change.mute)(mute) ? mute : change.mute));
        return;
      case 'unmute':
        this.#mutes = this.#mutes.filter(isOther(change));
        return;
      case 'room':
        this.#rooms = [...this.#rooms.filter(({ room }) => room !== change.rules.room), change.rules];
        return;
      case 'add-word':
        this.#words = [...new Set([...this.#words, change.word])];
        return;
      case 'remove-word':
        this.#words = this.#words.filter((word) => word !== change.word);
    }
  }
}
