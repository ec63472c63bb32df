import { Refusal } from '../errors.ts';
import type { Frame } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';
import { subscriptionId } from './subscribe.ts';

/** Ended subscriptions that a session remembers. */
const MAX_REMEMBERED = 256;

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
  if (subscription.acknowledging !== undefined) remember(session, id);
  session.receipt(receipt);
}

function remember(session: Session, id: string): void {
  const ended = session.endedSubscriptions ?? new Set();
  session.endedSubscriptions = ended;
  ended.delete(id);
  ended.add(id);
  const [oldest] = ended;
  if (ended.size > MAX_REMEMBERED && oldest !== undefined) ended.delete(oldest);
}
