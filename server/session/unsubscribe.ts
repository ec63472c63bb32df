import { Refusal } from '../errors.ts';
import type { Frame } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';
import { subscriptionId } from './subscribe.ts';

/** UNSUBSCRIBE: nothing more comes for this id, and it is free again. */
export function unsubscribe(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  const id = subscriptionId(session, frame);
  const subscription = session.subscriptions.get(id);
  if (subscription === undefined) {
    throw new Refusal('unknown-subscription', `The session has no subscription with the id ${id}.`);
  }
  session.subscriptions.delete(id);
  if (subscription.cursor !== undefined) session.client.unfollow(subscription.cursor);
  session.receipt(receipt);
}
