import { Refusal } from '../errors.ts';
import type { Frame } from '../protocol/stomp/frame.ts';
import { acknowledge } from './acknowledge.ts';
import { connect } from './connect.ts';
import { disconnect } from './disconnect.ts';
import { send } from './send.ts';
import type { Session } from './session.ts';
import { subscribe } from './subscribe.ts';
import { abort, begin, commit } from './transaction.ts';
import { unsubscribe } from './unsubscribe.ts';

/** Hands a frame to its verb; `receipt` is the one it asks for. A verb throws what it refuses. */
export function dispatch(session: Session, frame: Frame, receipt: string | undefined): void {
  switch (frame.command) {
    case 'CONNECT':
    case 'STOMP':
      connect(session, frame, receipt);
      break;
    case 'SEND':
      send(session, frame, receipt);
      break;
    case 'SUBSCRIBE':
      subscribe(session, frame, receipt);
      break;
    case 'UNSUBSCRIBE':
      unsubscribe(session, frame, receipt);
      break;
    case 'ACK':
    case 'NACK':
      acknowledge(session, frame, receipt);
      break;
    case 'BEGIN':
      begin(session, frame, receipt);
      break;
    case 'COMMIT':
      commit(session, frame, receipt);
      break;
    case 'ABORT':
      abort(session, frame, receipt);
      break;
    case 'DISCONNECT':
      disconnect(session, frame, receipt);
      break;
    default:
      throw new Refusal('unexpected-frame', `${frame.command.slice(0, 32)} is not a command of a STOMP client.`);
  }
}
