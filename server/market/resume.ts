import type { Offsets } from '../engines/tick-log.ts';
import type { TickEvent } from './event.ts';
import { covers, union } from './position.ts';

/** The ticks that an instance has in memory, in the order in which it read them, by local position. */
export interface LocalTicks {
  /** Position of the oldest tick kept; equals `next` when none is. */
  readonly first: number;
  readonly next: number;
  at(position: number): TickEvent | undefined;
}

/**
 * How someone at a vector goes on here.
 * `join`: first the ticks from `known` to `next` that the vector does not cover, then all from `next` on.
 * `ahead`: some partition has not been read up to the vector yet.
 * `behind`: some ticks after the vector are not kept here any more, those before `base`.
 */
export type Resume =
  | { readonly kind: 'join'; readonly known: number; readonly next: number }
  | { readonly kind: 'ahead' }
  | { readonly kind: 'behind'; readonly base: Offsets };

/**
 * Every instance interleaves the partitions in its own way, so a vector from elsewhere is seldom a place in the local order.
 * `next` is the first local place whose vector covers the given one; `known` is the last whose vector is covered by it. Only
 * between them some ticks are covered and some are not. `vector` is that of the place after the newest local tick.
 */
export function resume(ticks: LocalTicks, vector: Offsets, given: Offsets): Resume {
  if (!covers(vector, given)) return { kind: 'ahead' };
  const base = vectorAt(ticks, ticks.first, vector);
  if (!covers(given, base)) return { kind: 'behind', base };
  // Vectors only grow from place to place, so both conditions hold from some place on.
  const next = firstPlace(ticks, (place) => covers(vectorAt(ticks, place, vector), given));
  const known = firstPlace(ticks, (place) => !covers(given, vectorAt(ticks, place, vector))) - 1;
  return { kind: 'join', known: Math.min(known, next), next };
}

/** The ticks from `known` to `next` that `given` does not cover, each with where its receiver stands after it. */
export function missedTicks(ticks: LocalTicks, known: number, next: number, given: Offsets): TickEvent[] {
  const missed: TickEvent[] = [];
  for (let position = known; position < next; position++) {
    const tick = ticks.at(position);
    if (tick !== undefined && !tick.seenAt(given)) missed.push(tick.at(union(given, tick.vector)));
  }
  return missed;
}

/** The vector of who has seen all local ticks before a place. */
function vectorAt(ticks: LocalTicks, place: number, vector: Offsets): Offsets {
  if (place === ticks.next) return vector;
  if (place > ticks.first) return ticks.at(place - 1)?.vector ?? vector;
  const oldest = ticks.at(place);
  return oldest?.vector.map((next, partition) => (partition === oldest.partition ? oldest.offset : next)) ?? vector;
}

/** The first place from which on the condition holds; `next + 1` where it holds nowhere. */
function firstPlace(ticks: LocalTicks, holds: (place: number) => boolean): number {
  let low = ticks.first;
  let high = ticks.next + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
