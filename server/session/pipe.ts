import type { Sink } from '../hub/sink.ts';
import type { Peer } from './peer.ts';
import type { Wire } from './wire.ts';

/**
 * What a session asks of its transport. `pauseReading` and `resumeReading` come in pairs from the hub and from the session,
 * each for reasons of its own: reading goes on when everyone who paused it has resumed it. `close` asks the session for its
 * `lastWords` first. However the connection ends, the transport tells the session by `ended`, once.
 */
export interface Pipe extends Sink {
  readonly wire: Wire;
  readonly peer: Peer;
  /** Ends the connection after what was written, as the client asked for. */
  finish(): void;
}
