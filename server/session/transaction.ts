import { Refusal } from '../errors.ts';
import type { Frame } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';

/** BEGIN, COMMIT and ABORT: refused, since a message that is silently not part of a transaction would be worse. */
export function transaction(session: Session, frame: Frame): void {
  session.needSender(frame);
  throw new Refusal('not-implemented', `${frame.command}: transactions are not implemented yet.`);
}
