import type { OpenSession, Session } from './stomp-session.ts';
import type { Transport } from './transport.ts';
import type { TransportChoice } from './transport-choice.ts';

export interface FallbackOptions {
  readonly choice: TransportChoice;
  readonly open: Readonly<Record<Transport, OpenSession>>;
  /** Whether the server answers over HTTP now. */
  reachable(): Promise<boolean>;
}

/**
 * Sessions over whichever transport works. One that could not be made, without a word of the server and though the server
 * answers over HTTP, is blocked on its way: the next transport is tried at once, and the owner sees one session.
 */
export function fallingBack({ choice, open, reachable }: FallbackOptions): OpenSession {
  return (login, events) => {
    let session: Session | undefined;
    let left = false;
    const attempt = (): void => {
      const transport = choice.current;
      let connected = false;
      session = open[transport](login, {
        connected(welcome) {
          connected = true;
          choice.worked(transport);
          events.connected(welcome);
        },
        receipt: (id) => events.receipt(id),
        closed(reason) {
          session = undefined;
          if (connected || reason !== undefined) events.closed(reason);
          else void next();
        },
      });
    };
    const next = async (): Promise<void> => {
      const blocked = await reachable();
      if (left) return;
      if (blocked && choice.failed()) attempt();
      else events.closed(undefined);
    };
    attempt();
    return {
      send: (destination, body, receipt) => session?.send(destination, body, receipt),
      subscribe: (destination, headers, handle) => session?.subscribe(destination, headers, handle),
      ping: (answered) => session?.ping(answered),
      close() {
        left = true;
        session?.close();
      },
    };
  };
}
