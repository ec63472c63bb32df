import { Refusal } from '../errors.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import type { Session } from './session.ts';
import { subscriptionId } from './subscribe.ts';
import type { Subscription } from './subscription.ts';

/** Ended subscriptions that a session remembers. */
const MAX_REMEMBERED = 256;

/** UNSUBSCRIBE: nothing more comes for this id, and it is free again. */
export function unsubscribe(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  for (const [id, subscription] of named(session, frame)) {
    session.subscriptions.delete(id);
    if (subscription.cursor !== undefined) session.client.unfollow(subscription.cursor);
    if (subscription.acknowledging !== undefined) remember(session, id);
  }
  session.receipt(receipt);
}

/**
 * STOMP 1.0, "UNSUBSCRIBE": a destination alone means what was subscribed to without an id, or where there is none, whatever was
 * subscribed to there.
 */
function named(session: Session, frame: Frame): readonly (readonly [id: string, subscription: Subscription])[] {
  const id = subscriptionId(session, frame);
  const subscription = session.subscriptions.get(id);
  if (subscription !== undefined) return [[id, subscription]];
  const there = [...session.subscriptions].filter(([, { destination }]) => destination === id);
  if (there.length > 0 && headerOf(frame, 'id') === undefined) return there;
  throw new Refusal('unknown-subscription', `The session has no subscription with the id ${id}.`);
}

function remember(session: Session, id: string): void {
  const ended = session.endedSubscriptions ?? new Set();
  session.endedSubscriptions = ended;
  ended.delete(id);
  ended.add(id);
  const [oldest] = ended;
  if (ended.size > MAX_REMEMBERED && oldest !== undefined) ended.delete(oldest);
}
