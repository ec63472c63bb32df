import { scopeToSend } from '../auth/scopes.ts';
import type { Frame } from '../protocol/stomp/frame.ts';
import type { Sender } from './destinations.ts';
import { optionalHeader, requiredHeader } from './headers.ts';
import type { Session } from './session.ts';
import { TOKEN_DESTINATION } from './signed-in.ts';

/**
 * SEND: hands the body to the destination's handler; the RECEIPT follows when that has accepted it. In a transaction it
 * follows when the message is taken into it; that it is accepted is what the RECEIPT of COMMIT says.
 */
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
  deliver(session, frame, { destination, sender: signedIn?.asOfNow(sender) ?? sender, receipt });
}

interface Sending {
  readonly destination: string;
  readonly sender: Sender;
  readonly receipt: string | undefined;
}

function deliver(session: Session, frame: Frame, { destination, sender, receipt }: Sending): void {
  const { body } = frame;
  const transaction = optionalHeader(frame, 'transaction');
  if (transaction === undefined) {
    session.track(session.host.options.destinations.handler(destination)(body, sender), receipt);
    return;
  }
  session.transactions.take(transaction, body.length, ({ batch }) => batch.add(destination, body, sender));
  session.receipt(receipt);
}
