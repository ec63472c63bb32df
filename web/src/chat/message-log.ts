import type { ChatMessage, ShownMessage } from './message.ts';

/**
 * The part of the room's history that the page holds: contiguous, in the order of `seq`, each message once. `position` is
 * the highest seq that was taken, which is where a reconnect goes on.
 */
export class MessageLog {
  #messages: readonly ShownMessage[] = [];
  #position = 0;

  get messages(): readonly ShownMessage[] {
    return this.#messages;
  }

  get position(): number {
    return this.#position;
  }

  /** The oldest seq held, or undefined while nothing is. */
  get first(): number | undefined {
    return this.#messages[0]?.seq;
  }

  /** Begins anew with the newest messages; `head` is where the server's history ends. */
  reset(newest: readonly ChatMessage[], head: number): void {
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

  /** Puts older messages before those that are held; what is held already is left out. */
  prepend(older: readonly ChatMessage[]): void {
    const first = this.first ?? this.#position + 1;
    this.#messages = [...older.filter((message) => message.seq < first).map(sent), ...this.#messages];
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
