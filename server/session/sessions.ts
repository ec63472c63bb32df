import type { Authenticator } from '../auth/identity.ts';
import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import type { Hub } from '../hub/hub.ts';
import type { Allowance } from '../limits/limits.ts';
import type { Logger } from '../log.ts';
import type { Destinations, Sender } from './destinations.ts';
import type { Pipe } from './pipe.ts';
import type { Known } from './sender.ts';
import { Session } from './session.ts';
import { Turns } from './turns.ts';
import { Wheel } from './wheel.ts';

export interface SessionsOptions {
  readonly hub: Hub;
  readonly destinations: Destinations;
  readonly clock: Clock;
  readonly log: Logger;
  /** A number in [0, 1), like `Math.random`. */
  readonly random: () => number;
  /** The epoch of the chat store, told in CONNECTED. */
  readonly epoch: string;
  /** The server's own version, told in CONNECTED. */
  readonly version: string;
  /** How fast a session of this address may send; as fast as it likes where this is absent. */
  allowance?(address: string): Allowance;
  /** Subscriptions of a session, at most; 0 is no limit. 256 where absent. */
  readonly maxSubscriptions?: number;
  /** Asks for tokens; everybody is a guest where it is absent. */
  readonly signIn?: Authenticator | undefined;
  /** Whether that is the moderators' own token. */
  isModerator?(token: string | undefined): boolean;
  /** Told of each refusal that a session answers with. */
  refused?(code: ErrorCode): void;
}

/** What all STOMP sessions of an instance share, whatever their transport. */
export class Sessions {
  readonly options: SessionsOptions;
  readonly wheel: Wheel;
  readonly turns: Turns;
  /** Sessions that were CONNECTED, and subscriptions that went on from where another one ended. */
  connected = 0;
  resumed = 0;
  #count = 0;

  constructor(options: SessionsOptions) {
    this.options = options;
    this.wheel = new Wheel(options.clock);
    this.turns = new Turns(options.clock);
  }

  /** Begins a session on a new connection; it waits for CONNECT. */
  open(pipe: Pipe): Session {
    return new Session(this, pipe);
  }

  /** The id of a new session, unique in this instance: what its client and the log call it. */
  newId(): string {
    this.#count++;
    return `${this.#count.toString(36)}-${this.#hex()}`;
  }

  /** For the log, where it tells everything: what happened to a connection. */
  note(connection: string, fields: object, text: string): void {
    this.options.log.debug({ connection, ...fields }, text);
  }

  /** The identity of a session that signs in as `name`, or as a guest, with what else is known of it. */
  sender(session: string, name: string | undefined, known: Known = {}): Sender {
    return {
      session,
      name,
      fallback: `guest-${this.#hex()}`,
      ...known,
    };
  }

  /** Stops the timer; the sessions are the transports' to end. */
  close(): void {
    this.wheel.close();
  }

  /** Six hexadecimal digits. */
  #hex(): string {
    return Math.floor(this.options.random() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
  }
}
