import type { ShownMessage } from './message.ts';

/** A message of this tab that has not come back from the server. */
export interface Outgoing extends ShownMessage {
  /** The room that it is for. */
  readonly room: string;
  /**
   * It was sent at least once and neither accepted nor refused: it may be stored. Such a message must be sent again under
   * the same name, for the server knows it by sender and id.
   */
  readonly uncertain: boolean;
}

/** More than so many unsent messages are not taken. */
export const OUTBOX_LIMIT = 100;

/**
 * One's own messages on their way: shown at once, sent in their order, sent again with the same id after a reconnect, and
 * let go when they are seen in the room.
 */
export class Outbox {
  #entries: readonly Outgoing[];
  /** Ids that were handed to the present session. */
  readonly #handed = new Set<string>();

  constructor(entries: readonly Outgoing[] = []) {
    this.#entries = entries;
  }

  /** In the order in which they were written. An entry is never changed, only replaced. */
  get entries(): readonly Outgoing[] {
    return this.#entries;
  }

  get full(): boolean {
    return this.#entries.length >= OUTBOX_LIMIT;
  }

  add(message: Pick<Outgoing, 'id' | 'room' | 'sender' | 'content' | 'time'>): void {
    this.#entries = [...this.#entries, { ...message, state: 'sending', uncertain: false }];
  }

  /** Under which name the next session must run: that of the oldest message that may be stored already, else `wanted`. */
  sessionName(wanted: string): string {
    return this.#entries.find((entry) => entry.state === 'sending' && entry.uncertain)?.sender ?? wanted;
  }

  /** The messages to hand to a session of this name now, each once a session. */
  takeDue(name: string): readonly Outgoing[] {
    const due = this.#entries.filter(
      (entry) => entry.state === 'sending' && entry.sender === name && !this.#handed.has(entry.id),
    );
    for (const { id } of due) {
      this.#handed.add(id);
      this.#change(id, (entry) => ({ ...entry, uncertain: true }));
    }
    return due;
  }

  /** The session has ended: what was not answered is due again. */
  sessionEnded(): void {
    this.#handed.clear();
  }

  /** Whether the present session still owes an answer for this message. */
  awaits(id: string): boolean {
    return this.#handed.has(id) && this.#entries.some((entry) => entry.id === id && entry.state === 'sending');
  }

  /** A message that is stored and was not seen in its room yet. */
  unseen(id: string): Outgoing | undefined {
    return this.#entries.find((entry) => entry.id === id && entry.state === 'sent');
  }

  /** The server has stored it. It stays until it is seen in the room. */
  accepted(id: string): void {
    this.#change(id, ({ reason: _, ...entry }) => ({ ...entry, state: 'sent', uncertain: false }));
  }

  /** The server has not stored it, and says why. */
  refused(id: string, reason: string): void {
    this.#change(id, (entry) =>
      entry.state === 'sent' ? entry : { ...entry, state: 'failed', uncertain: false, reason },
    );
  }

  /** Sends it again in this session: the server could not say what became of it. */
  again(id: string): void {
    this.#handed.delete(id);
  }

  /** A failed message is to be sent after all, now under this name. */
  retry(id: string, name: string): void {
    this.#handed.delete(id);
    this.#change(id, ({ reason: _, ...entry }) =>
      entry.state === 'failed' ? { ...entry, state: 'sending', sender: name } : entry,
    );
  }

  /** The message was seen in the room, or its writer gave it up. */
  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#handed.delete(id);
  }

  /** Lets go of one's own messages among those of the room, which are known by sender and id. */
  removeSeen(messages: readonly Pick<ShownMessage, 'id' | 'sender'>[]): void {
    if (this.#entries.length === 0) return;
    for (const { id, sender } of messages) {
      if (this.#entries.some((entry) => entry.id === id && entry.sender === sender)) this.remove(id);
    }
  }

  /** Lets go of what is stored in a room: its history was read anew and has it. */
  removeAccepted(room: string): void {
    this.#entries = this.#entries.filter((entry) => entry.state !== 'sent' || entry.room !== room);
  }

  /** Not yet handed over and never sent: follows a change of name. */
  rename(name: string): void {
    this.#entries = this.#entries.map((entry) =>
      entry.state === 'sending' && !entry.uncertain ? { ...entry, sender: name } : entry,
    );
  }

  /** The server gives this name to whatever comes from here. */
  renameAll(name: string): void {
    this.#entries = this.#entries.map((entry) => ({ ...entry, sender: name }));
  }

  #change(id: string, change: (entry: Outgoing) => Outgoing): void {
    this.#entries = this.#entries.map((entry) => (entry.id === id ? change(entry) : entry));
  }
}
