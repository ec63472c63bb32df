import type { OpenSession, Session, SessionEvents } from '../../web/src/connection/stomp-session.ts';
import type { Transport } from '../../web/src/connection/transport.ts';

/** A session that a test opened over some transport. */
export interface FakeAttempt {
  readonly transport: Transport;
  readonly login: string;
  readonly events: SessionEvents;
  readonly sent: string[];
  closed: boolean;
}

/** Transports that do what a test tells each session to do. */
export class FakeTransports {
  readonly attempts: FakeAttempt[] = [];
  readonly open: Readonly<Record<Transport, OpenSession>> = {
    websocket: this.#over('websocket'),
    'xhr-streaming': this.#over('xhr-streaming'),
    'xhr-polling': this.#over('xhr-polling'),
  };

  get last(): FakeAttempt {
    const last = this.attempts.at(-1);
    if (last === undefined) throw new Error('no session was opened');
    return last;
  }

  greet(): void {
    const { events, login, transport } = this.last;
    events.connected({ epoch: 'e', user: login, transport, moderator: false });
  }

  #over(transport: Transport): OpenSession {
    return (login, events): Session => {
      const attempt: FakeAttempt = { transport, login, events, sent: [], closed: false };
      this.attempts.push(attempt);
      return {
        send: (destination) => void attempt.sent.push(destination),
        subscribe: (destination) => void attempt.sent.push(`subscribe ${destination}`),
        ping: () => void attempt.sent.push('ping'),
        close() {
          attempt.closed = true;
        },
      };
    };
  }
}
