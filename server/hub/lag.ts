import type { Client } from './client.ts';
import type { AnyStream } from './stream.ts';

/** How many events the cursors of a kind of stream are behind its head. */
export interface Lag {
  /** Of the slowest that was looked at. */
  readonly slowest: number;
  readonly median: number;
}

/** Cursors of a kind that are looked at: all, or so many evenly among them. */
const SAMPLE = 4_096;
/** Clients that take nothing just now, so the slowest, are looked at besides. */
const MOST_BLOCKED = 4_096;

/** The lag of each kind of stream; what it costs is bounded, however many cursors there are. */
export function lagsOf(streams: Iterable<AnyStream>, blocked: Iterable<Client>): Map<string, Lag> {
  const behind = new Map<string, number[]>();
  for (const stream of streams) {
    const lags = behind.get(stream.kind) ?? [];
    behind.set(stream.kind, lags);
    const step = Math.max(1, Math.ceil(stream.cursors.length / SAMPLE));
    for (let at = 0; at < stream.cursors.length; at += step) lags.push(lagOf(stream, stream.cursors[at]?.next));
  }
  const slowest = slowestOf(blocked);
  return new Map(
    [...behind].map(([kind, lags]) => {
      lags.sort((one, other) => one - other);
      const last = Math.max(lags.at(-1) ?? 0, slowest.get(kind) ?? 0);
      return [kind, { slowest: last, median: lags[lags.length >> 1] ?? 0 }];
    }),
  );
}

function slowestOf(blocked: Iterable<Client>): Map<string, number> {
  const slowest = new Map<string, number>();
  let looked = 0;
  for (const { cursors } of blocked) {
    if (++looked > MOST_BLOCKED) break;
    for (const { stream, next } of cursors)
      slowest.set(stream.kind, Math.max(slowest.get(stream.kind) ?? 0, lagOf(stream, next)));
  }
  return slowest;
}

function lagOf(stream: AnyStream, next = stream.next): number {
  return Math.max(0, stream.next - next);
}
