import type { Offsets, TickLog, TickRecord } from '../engines/tick-log.ts';
import { TickEvent } from './event.ts';
import { withOffset } from './position.ts';

/** How many records lie from one vector to another, over all partitions. */
export function distance(from: Offsets, to: Offsets): number {
  return to.reduce((sum, offset, partition) => sum + Math.max(0, offset - (from[partition] ?? 0)), 0);
}

/**
 * Reads from the tick log what lies between two vectors, in the order of the ticks' times. `undefined` where the log does
 * not keep all of it, by its bounds: not every offset is a tick. Rejects as the log does.
 */
export async function readMissed(log: TickLog, from: Offsets, to: Offsets): Promise<TickEvent[] | undefined> {
  const parts = await Promise.all(to.map((end, partition) => readPart(log, partition, from[partition] ?? 0, end)));
  // Asked afterwards: what was deleted while we read may be missing.
  const { first } = await log.bounds();
  const complete = to.every((end, partition) => {
    const begin = from[partition] ?? 0;
    return begin >= end || begin >= (first[partition] ?? 0);
  });
  return complete ? merge(parts, from) : undefined;
}

async function readPart(log: TickLog, partition: number, from: number, to: number): Promise<TickRecord[]> {
  return from < to ? await log.read(partition, from, to) : [];
}

function merge(parts: readonly TickRecord[][], from: Offsets): TickEvent[] {
  // A stable sort by time alone would part two ticks of one partition whose times are out of order.
  const queues = parts.map((part) => part.values());
  const heads = queues.map((queue) => queue.next().value);
  const events: TickEvent[] = [];
  for (let vector = from; ; ) {
    const record = earliest(heads);
    if (record === undefined) return events;
    vector = withOffset(vector, record.partition, record.offset + 1);
    events.push(new TickEvent(record, vector));
    heads[record.partition] = queues[record.partition]?.next().value;
  }
}

function earliest(records: readonly (TickRecord | undefined)[]): TickRecord | undefined {
  let first: TickRecord | undefined;
  for (const record of records)
    if (record && (first === undefined || record.tick.time < first.tick.time)) first = record;
  return first;
}
