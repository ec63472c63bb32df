import type { Frame } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';

/**
 * DISCONNECT: what was sent before is answered first, then comes the RECEIPT, then the end (STOMP 1.2, "DISCONNECT").
 */
export function disconnect(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  session.leave(receipt);
}
