import type { Chat } from '../chat/chat.ts';
import type { Batch, Sender } from '../session/destinations.ts';

/** What a batch gathers: messages that are committed as one, and what is done after that. */
export interface Gathered {
  readonly messages: ReturnType<Chat['draft']>[];
  readonly after: (() => void)[];
  /** Who sends: one session has them all. */
  sender: Sender | undefined;
}

/** Checks a SEND and adds what it asks for. Throws a `Refusal`. */
export type Gather = (into: Gathered, body: Uint8Array, sender: Sender) => void;

/** SENDs that are done as one; `gather` finds what a destination does, or throws. */
export function createBatch(chat: Chat, gather: (destination: string) => Gather): Batch {
  const gathered: Gathered = { messages: [], after: [], sender: undefined };
  return {
    add(destination, body, sender) {
      gather(destination)(gathered, body, sender);
      gathered.sender = sender;
    },
    async commit() {
      const { messages, sender } = gathered;
      if (messages.length > 0 && sender !== undefined) await chat.postAll(messages, sender);
      for (const task of gathered.after) task();
    },
  };
}
