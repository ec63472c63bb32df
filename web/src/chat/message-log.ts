import type { ChatMessage, Deletion, ShownMessage } from './message.ts';

/** Deletions that are remembered, for pages of the history that were read before them. */
const MOST_DELETED = 1_000;

/**
 * The part of the room's history that the page holds: contiguous, in the order of `seq`, each message once. `position` is
 * the highest seq that was taken, which is where a reconnect goes on. What was deleted is not held.
 */
export class MessageLog {
  #messages: readonly ShownMessage[] = [];
  #position = 0;
  readonly #deleted = new Set<number>();

  get messages(): readonly ShownMessage[] {
    return this.#messages;
  }

  get position(): number {
    return this.#position;
  }

  /** Older messages are those before it; undefined while nothing was held. */
  get first(): number | undefined {
    return this.#messages[0]?.seq ?? (this.#deleted.size > 0 ? this.#position + 1 : undefined);
  }

  /** Begins anew with the newest messages; `head` is where the server's history ends. */
  reset(newest: readonly ChatMessage[], head: number): void {
    this.#deleted.clear();
    this.#messages = newest.map(sent);
    this.#position = newest.at(-1)?.seq ?? head;
  }

  /** Takes messages from the live stream and returns those that are new. */
  append(messages: readonly ChatMessage[]): readonly ShownMessage[] {
    const added: ShownMessage[] = [];
    for (const message of messages) {
      if (message.seq <= this.#position) continue;
      this.#position = message.seq;
      added.push(sent(message));
    }
    if (added.length > 0) this.#messages = [...this.#messages, ...added];
    return added;
  }

  /** A message is gone. Returns it, where it was held. */
  remove({ seq, target }: Deletion): ShownMessage | undefined {
    this.#position = Math.max(this.#position, seq);
    this.#deleted.add(target);
    const [oldest] = this.#deleted;
    if (this.#deleted.size > MOST_DELETED && oldest !== undefined) this.#deleted.delete(oldest);
    const message = this.#messages.find((each) => each.seq === target);
    if (message !== undefined) this.#messages = this.#messages.filter((each) => each !== message);
    return message;
  }

  /** Puts older messages before those that are held; what is held already is left out. */
  prepend(older: readonly ChatMessage[]): void {
    const first = this.first ?? this.#position + 1;
    const missing = older.filter(({ seq }) => seq < first && !this.#deleted.has(seq));
    this.#messages = [...missing.map(sent), ...this.#messages];
  }

  /** Lets the oldest go, so that at most `count` stay. Returns whether any went. */
  trim(count: number): boolean {
    if (this.#messages.length <= count) return false;
    this.#messages = this.#messages.slice(-count);
    return true;
  }
}

function sent({ seq, id, sender, content, time }: ChatMessage): ShownMessage {
  return { seq, id, sender, content, time, state: 'sent' };
}
