import type { Frame } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';

/** ACK and NACK: accepted from any client that sends them. What was written counts as received, so they change nothing. */
export function acknowledge(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  session.receipt(receipt);
}
