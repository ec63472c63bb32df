import { isTick, type Tick } from '../market/tick.ts';

/**
 * What comes from the market's stream. `tick`: one tick, in its place; none is missing between it and the one before.
 * `snapshot`: the newest of every symbol; ticks may be missing between it and what came before. `newest`: the newest of some
 * symbols, between which ticks are left out, while nobody looks. `status`: whether the server knows its prices to be the
 * newest; it says so only where it can tell.
 */
export type PriceEvent =
  | { readonly kind: 'tick'; readonly tick: Tick; readonly id: string }
  | { readonly kind: 'snapshot'; readonly ticks: readonly Tick[]; readonly id: string }
  | { readonly kind: 'newest'; readonly ticks: readonly Tick[] }
  | { readonly kind: 'status'; readonly state: 'live' | 'stale' };

/** Reads an event of the wire; undefined where it is none. */
export function readPriceEvent(type: string, data: string, id: string): PriceEvent | undefined {
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (type === 'market-tick') return isTick(body) ? { kind: 'tick', tick: body, id } : undefined;
  if (typeof body !== 'object' || body === null) return undefined;
  if (type === 'market-snapshot') {
    if (!('ticks' in body) || !Array.isArray(body.ticks)) return undefined;
    return { kind: 'snapshot', ticks: body.ticks.filter(isTick), id };
  }
  if (!('state' in body) || (body.state !== 'live' && body.state !== 'stale')) return undefined;
  return { kind: 'status', state: body.state };
}
