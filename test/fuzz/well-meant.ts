import type { Header } from './stomp-frames.ts';

interface ClientFrame {
  readonly command: string;
  readonly headers: readonly Header[];
}

/**
 * Keeps a conversation alive: what would end it, because an id is in use or is not, becomes its counterpart. It knows what
 * was sent and not what the server made of it, so that enough of what is wrong comes through.
 */
export class WellMeant {
  readonly #subscriptions = new Set<string>();
  readonly #transactions = new Set<string>();

  /** The frame itself, or another that is allowed now. */
  turn<F extends ClientFrame>(frame: F): F {
    const { command, headers } = frame;
    const value = (name: string): string => headers.find(([each]) => each === name)?.[1] ?? '';
    if (command === 'SUBSCRIBE' || command === 'UNSUBSCRIBE')
      return this.#toggle(frame, this.#subscriptions, value('id'), ['SUBSCRIBE', 'UNSUBSCRIBE']);
    const transaction = value('transaction');
    if (command === 'BEGIN') return this.#toggle(frame, this.#transactions, transaction, ['BEGIN', 'COMMIT']);
    if (command === 'COMMIT' || command === 'ABORT')
      return this.#toggle(frame, this.#transactions, transaction, ['BEGIN', command]);
    if (this.#transactions.has(transaction)) return frame;
    return { ...frame, headers: headers.filter(([name]) => name !== 'transaction') };
  }

  #toggle<F extends ClientFrame>(frame: F, open: Set<string>, id: string, [begin, end]: readonly [string, string]): F {
    if (open.delete(id)) return { ...frame, command: end };
    open.add(id);
    if (begin === frame.command) return frame;
    return { ...frame, command: begin, headers: [...frame.headers, ['destination', '/topic/chat']] };
  }
}
