import { scopeToRead } from '../auth/scopes.ts';
import { Refusal } from '../errors.ts';
import type { Start } from '../hub/start.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import { plainMessageId } from './ack-id.ts';
import { acknowledgingOf, checkTogether } from './acknowledging.ts';
import type { Topic } from './destinations.ts';
import { ERROR_QUEUE } from './error-frame.ts';
import { optionalHeader, requiredHeader } from './headers.ts';
import { type MessageForm, messageEncoding } from './message-encoding.ts';
import type { Session } from './session.ts';
import type { Subscription } from './subscription.ts';

/** How many subscriptions a session may hold, where nothing else is said. */
const MAX_SUBSCRIPTIONS = 256;
/** How many of them may be to the error queue: each of these is told each refusal. */
const MAX_ERROR_QUEUES = 8;

/**
 * SUBSCRIBE: follows a topic from where `after` says. The RECEIPT follows when the subscription stands. Whatever it is refused
 * for, the id is known: a client that gives up the subscription that it asked for does nothing wrong.
 */
export function subscribe(session: Session, frame: Frame, receipt: string | undefined): void {
  session.needSender(frame);
  const id = subscriptionId(session, frame);
  reserve(session, id);
  const to = session.version === '1.0' ? { destination: requiredHeader(frame, 'destination') } : {};
  const subscription: Subscription = { kind: 'refused', cursor: undefined, ...to };
  session.subscriptions.set(id, subscription);
  const destination = requiredHeader(frame, 'destination');
  const acknowledging = acknowledgingOf(frame);
  session.signedIn?.need(scopeToRead(destination));
  if (destination === ERROR_QUEUE) {
    checkErrorQueue(session, frame);
    subscription.kind = 'errors';
    session.receipt(receipt);
    return;
  }
  if (acknowledging !== undefined) checkTogether(acknowledging, session.subscriptions.values());
  subscription.kind = 'topic';
  subscription.acknowledging = acknowledging;
  try {
    begin(session, frame, { destination, id, subscription, receipt });
  } catch (error) {
    subscription.kind = 'refused';
    throw error;
  }
}

/** The id that a SUBSCRIBE or UNSUBSCRIBE names. In STOMP 1.0 it may be left out; the destination stands for it. */
export function subscriptionId(session: Session, frame: Frame): string {
  const id = optionalHeader(frame, 'id');
  if (id !== undefined) return id;
  return requiredHeader(frame, session.version === '1.0' ? 'destination' : 'id');
}

interface Wish {
  readonly destination: string;
  readonly id: string;
  readonly subscription: Subscription;
  readonly receipt: string | undefined;
}

/** Until a start that is looked up is known, the id is taken and nothing else is. */
function begin(session: Session, frame: Frame, wish: Wish): void {
  const topic = session.host.options.destinations.topic(wish.destination);
  const position = positionOf(frame);
  const start = topic.start(position);
  if (position !== undefined) session.host.resumed++;
  if (start instanceof Promise) {
    session.track(followLater(session, topic, wish, start), wish.receipt);
    return;
  }
  follow(session, topic, wish, start);
  session.receipt(wish.receipt);
}

async function followLater<E>(session: Session, topic: Topic<E>, wish: Wish, start: Promise<Start<E>>): Promise<void> {
  // The client may have given up the subscription meanwhile, or be gone.
  const wanted = (): boolean => session.connected && session.subscriptions.get(wish.id) === wish.subscription;
  try {
    const known = await start;
    if (wanted()) follow(session, topic, wish, known);
  } catch (error) {
    if (!wanted()) return;
    wish.subscription.kind = 'refused';
    throw error;
  }
}

function follow<E>(session: Session, topic: Topic<E>, wish: Wish, start: Start<E>): void {
  const { acknowledging } = wish.subscription;
  const form: MessageForm = {
    wire: session.pipe.wire,
    version: session.version ?? '1.0',
    destination: wish.destination,
    subscription: wish.id,
    acknowledged: acknowledging !== undefined,
  };
  const encoding = messageEncoding(topic, form);
  wish.subscription.cursor = session.client.follow(topic.stream, encoding, start, acknowledging?.window);
}

/** An id whose SUBSCRIBE was refused is free again. */
function reserve(session: Session, id: string): void {
  const known = session.subscriptions.get(id);
  if (known !== undefined && known.kind !== 'refused') {
    throw new Refusal('duplicate-subscription', `The subscription id ${id} is in use in this session.`);
  }
  const { maxSubscriptions: most = MAX_SUBSCRIPTIONS } = session.host.options;
  if (known === undefined && most !== 0 && session.subscriptions.size >= most) {
    throw new Refusal('too-many-subscriptions', `A session holds at most ${most} subscriptions.`);
  }
}

/** Where a topic goes on from the message-id of an earlier message, that may be of a subscription with acknowledgement. */
function positionOf(frame: Frame): string | undefined {
  const after = optionalHeader(frame, 'after');
  return after === undefined ? undefined : plainMessageId(after);
}

/** It holds nothing: what is told there is told once, to whoever listens at that moment. */
function checkErrorQueue({ subscriptions }: Session, frame: Frame): void {
  if ([...subscriptions.values()].filter(({ kind }) => kind === 'errors').length >= MAX_ERROR_QUEUES)
    throw new Refusal('too-many-subscriptions', `A session holds at most ${MAX_ERROR_QUEUES} to ${ERROR_QUEUE}.`);
  if ((headerOf(frame, 'ack') ?? 'auto') !== 'auto')
    throw new Refusal('invalid-parameter', `The header ack is auto at ${ERROR_QUEUE}: nothing is kept there.`);
  if (headerOf(frame, 'after') !== undefined)
    throw new Refusal('invalid-parameter', `The header after means nothing at ${ERROR_QUEUE}: nothing is kept there.`);
}
