import { Refusal } from '../errors.ts';
import { Window } from '../hub/window.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';
import type { Subscription } from './subscription.ts';

/** How a subscription is acknowledged: a cumulative ACK stands for all messages before it too. */
export interface Acknowledging {
  readonly cumulative: boolean;
  readonly window: Window;
}

/** Messages that may be sent and not acknowledged, where SUBSCRIBE does not say, and at most. */
const PREFETCH = 1_000;
const MOST_PREFETCH = 10_000;
/**
 * The same in all windows of a session together: 256 of 1,000. Where every other message is acknowledged, each that is not costs
 * 20 bytes.
 */
const MOST_TOGETHER = 256_000;

/** What the headers `ack` and `prefetch-count` of a SUBSCRIBE ask for; `undefined` for `auto`. */
export function acknowledgingOf(frame: Frame): Acknowledging | undefined {
  const mode = headerOf(frame, 'ack') ?? 'auto';
  if (mode === 'auto') return undefined;
  if (mode !== 'client' && mode !== 'client-individual')
    throw new Refusal('invalid-parameter', 'The header ack is not auto, client or client-individual.');
  return { cumulative: mode === 'client', window: new Window(prefetchOf(frame)) };
}

/** Refused with `too-many-subscriptions` where a session's windows would be too much together. */
export function checkTogether({ window }: Acknowledging, others: Iterable<Subscription>): void {
  let together = window.size;
  for (const { acknowledging, kind } of others) if (kind === 'topic') together += acknowledging?.window.size ?? 0;
  if (together > MOST_TOGETHER)
    throw new Refusal('too-many-subscriptions', `The windows of a session have ${MOST_TOGETHER} messages at most.`);
}

function prefetchOf(frame: Frame): number {
  const text = headerOf(frame, 'prefetch-count');
  if (text === undefined) return PREFETCH;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PREFETCH) return count;
  throw new Refusal('invalid-parameter', `The header prefetch-count is not a number from 1 to ${MOST_PREFETCH}.`);
}
