import { Refusal } from '../errors.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import { type Acknowledged, parseAckId, parseMessageId } from './ack-id.ts';
import { optionalHeader, requiredHeader } from './headers.ts';
import type { Session } from './session.ts';

/** ACK and NACK: the window of the subscription has room again. A log has no other consumer to give a NACKed message to. */
export function acknowledge(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  const transaction = optionalHeader(frame, 'transaction');
  const take = acknowledgementOf(session, frame);
  if (transaction === undefined) take();
  else session.transactions.take(transaction, 0, ({ acknowledgements }) => void acknowledgements.push(take));
  session.receipt(receipt);
}

/** What an ACK or NACK does when it takes effect. Refused with `unknown-message` where no such message was sent. */
function acknowledgementOf(session: Session, frame: Frame): () => void {
  const named = messageOf(session, frame);
  const subscription = session.subscriptions.get(named.subscription);
  if (subscription === undefined && !session.endedSubscriptions?.has(named.subscription))
    throw new Refusal('unknown-message', `${frame.command} names a message of no subscription of this session.`);
  // Of a subscription that has just ended, or is acknowledged by itself, there is nothing to do.
  const { acknowledging } = subscription ?? {};
  if (acknowledging === undefined) return () => undefined;
  const { window, cumulative } = acknowledging;
  const { position } = named;
  if (position === undefined || !window.reached(position))
    throw new Refusal('unknown-message', `${frame.command} names a message that was not sent to this session.`);
  return () => {
    const full = window.room === 0;
    if (cumulative) window.acknowledgeUpTo(position);
    else window.acknowledge(position);
    if (full) session.client.goOn();
  };
}

interface Named {
  readonly subscription: string;
  readonly position: number | undefined;
}

/**
 * Which message is meant. STOMP 1.2, "ACK": `id` is the `ack` header of the MESSAGE. 1.1: `message-id` and `subscription`.
 * 1.0: `message-id`; ours names the subscription too.
 */
function messageOf(session: Session, frame: Frame): Named {
  if (session.version === '1.2') return known(frame, parseAckId(longHeader(frame, 'id')));
  const message = parseMessageId(longHeader(frame, 'message-id'));
  const subscription =
    session.version === '1.1' ? requiredHeader(frame, 'subscription') : headerOf(frame, 'subscription');
  if (subscription === undefined) return known(frame, message);
  return { subscription, position: message?.subscription === subscription ? message.position : undefined };
}

function known(frame: Frame, message: Acknowledged | undefined): Acknowledged {
  if (message !== undefined) return message;
  throw new Refusal('unknown-message', `${frame.command} does not name a message as the MESSAGE frame did.`);
}

/** It holds the id of a subscription, which is as long as a header may be, and more. */
function longHeader(frame: Frame, name: string): string {
  return headerOf(frame, name) ?? requiredHeader(frame, name);
}
