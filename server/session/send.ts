import { scopeToSend } from '../auth/scopes.ts';
import { Refusal } from '../errors.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import { requiredHeader } from './headers.ts';
import type { Session } from './session.ts';
import { TOKEN_DESTINATION } from './signed-in.ts';

/** SEND: hands the body to the destination's handler; the RECEIPT follows when that has accepted it. */
export function send(session: Session, frame: Frame, receipt: string | undefined): void {
  const sender = session.needSender(frame);
  const destination = requiredHeader(frame, 'destination');
  session.spend(destination);
  const { signedIn } = session;
  if (signedIn !== undefined && destination === TOKEN_DESTINATION) {
    session.track(signedIn.renew(frame.body), receipt);
    return;
  }
  signedIn?.need(scopeToSend(destination));
  if (headerOf(frame, 'transaction') !== undefined) {
    throw new Refusal('not-implemented', 'SEND with the header transaction: transactions are not implemented yet.');
  }
  const handle = session.host.options.destinations.handler(destination);
  session.track(handle(frame.body, sender), receipt);
}
