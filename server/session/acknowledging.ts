import { Refusal } from '../errors.ts';
import { Window } from '../hub/window.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';

/** How a subscription is acknowledged: a cumulative ACK stands for all messages before it too. */
export interface Acknowledging {
  readonly cumulative: boolean;
  readonly window: Window;
}

/** Messages that may be sent and not acknowledged, where SUBSCRIBE does not say, and at most. */
const PREFETCH = 1_000;
const MOST_PREFETCH = 10_000;

/** What the headers `ack` and `prefetch-count` of a SUBSCRIBE ask for; `undefined` for `auto`. */
export function acknowledgingOf(frame: Frame): Acknowledging | undefined {
  const mode = headerOf(frame, 'ack') ?? 'auto';
  if (mode === 'auto') return undefined;
  if (mode !== 'client' && mode !== 'client-individual')
    throw new Refusal('invalid-parameter', 'The header ack is not auto, client or client-individual.');
  return { cumulative: mode === 'client', window: new Window(prefetchOf(frame)) };
}

function prefetchOf(frame: Frame): number {
  const text = headerOf(frame, 'prefetch-count');
  if (text === undefined) return PREFETCH;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PREFETCH) return count;
  throw new Refusal('invalid-parameter', `The header prefetch-count is not a number from 1 to ${MOST_PREFETCH}.`);
}
