import { murmur2 } from '@platformatic/kafka';
import { Compile } from 'typebox/compile';
import type { FeedBeat, Tick, TickRecord } from '../tick-log.ts';
import { tickSchema } from '../tick-schema.ts';
import type { Meaning } from './partition-reader.ts';

/** Nothing of ours is longer; what is, is not parsed. */
const MOST_BYTES = 16_384;
const validator = Compile(tickSchema);

/** A tick as it lies in Kafka. */
export interface TickMessage {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** The key is the symbol, so that its ticks stay in order; the value is the tick as JSON. */
export function encodeTick(tick: Tick): TickMessage {
  return { key: Buffer.from(tick.symbol), value: Buffer.from(JSON.stringify(tick)) };
}

/** No symbol looks like it, so that a beat is no tick by its key either. */
const BEAT_KEY = Buffer.from('(feed)');

/** All beats lie in one partition, in order. */
export function encodeBeat({ beat, time }: FeedBeat): TickMessage {
  return { key: BEAT_KEY, value: Buffer.from(JSON.stringify({ beat, time })) };
}

/** Reads what `encodeBeat` wrote; `undefined` for anything else. */
function decodeBeat(key: Buffer | null, value: Buffer | null): FeedBeat | undefined {
  if (key === null || value === null || !key.equals(BEAT_KEY)) return undefined;
  const [, beat, time] = /^\{"beat":"(live|silent)","time":(\d{1,15})\}$/.exec(value.toString()) ?? [];
  return beat === 'live' || beat === 'silent' ? { beat, time: Number(time) } : undefined;
}

/** What the records of a partition of the tick log mean. */
export function tickMeaning(partition: number): Meaning<TickRecord, FeedBeat> {
  return {
    record(offset, { value }, appendedAt) {
      const tick = decodeTick(value);
      return tick && { partition, offset, tick, appendedAt };
    },
    aside: ({ key, value }) => decodeBeat(key, value),
  };
}

/** The partition of a key, as Kafka's own clients choose it, so that another producer's ticks of a symbol join ours. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** Reads what `encodeTick` wrote; `undefined` for anything else, such as no JSON, wrong fields or far too much. */
export function decodeTick(value: Buffer | null): Tick | undefined {
  if (value === null || value.length > MOST_BYTES) return undefined;
  try {
    return tickOf(JSON.parse(value.toString()));
  } catch {
    return undefined;
  }
}

function tickOf(value: unknown): Tick | undefined {
  if (!validator.Check(value)) return undefined;
  // Only the fields that a tick has, in their order: the same bytes go out for it on every instance.
  const { symbol, price, size, side, change, time } = value;
  return side === undefined ? { symbol, price, size, change, time } : { symbol, price, size, side, change, time };
}
