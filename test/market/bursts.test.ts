import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { settle } from '../support/hub-world.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTickLog } from './manual-tick-log.ts';
import { instance, Receiver } from './world.ts';

const TRADES = 3_000;
/** Milliseconds of the recording that go by in one: the bursts come ten times as dense. */
const SPEED = 10;
const STEP = 10;
/** A slow client takes what waits for it, and nothing for so many steps after. */
const SLOW = 40;
const BOUNDS = { count: 200, bytes: 1_000_000, age: 60_000 };

interface Trade {
  readonly time: number;
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
}

function recordedTrades(): Trade[] {
  const file = new URL('../../samples/trades-2025-03-25.csv.gz', import.meta.url);
  const rows = gunzipSync(readFileSync(file)).toString().split('\n');
  return rows.slice(1, TRADES + 1).map((row) => {
    const [time, symbol = '', price, size] = row.split(',');
    return { time: Number(time), symbol, price: Number(price), size: Number(size) };
  });
}

/** `partition:offset` of the newest tick of each symbol that a receiver saw. */
function newest(receiver: Receiver, symbolOf: (tick: string) => string): Map<string, string> {
  return new Map(receiver.ticks.map((tick) => [symbolOf(tick), tick]));
}

test('in a burst fast clients miss nothing, slow ones are conflated, and all end with the same prices', async () => {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  const world = await instance(clock, log, BOUNDS);
  const many = (count: number, view = world.market.ticks) =>
    Promise.all(Array.from({ length: count }, () => Receiver.follow(world, undefined, view)));
  const [fast, slow] = [await many(160), await many(20)];
  const spaced = [...(await many(10, world.market.every(250))), ...(await many(10, world.market.every(1_000)))];
  for (const { sink } of slow) sink.blocking = true;

  const trades = recordedTrades();
  const symbols = [...new Set(trades.map(({ symbol }) => symbol))];
  const read = (): void => {
    for (const { sink, client } of slow) {
      sink.waiting = 0;
      client.drained();
    }
  };
  let steps = 0;
  for (let at = 0; at < trades.length; steps++) {
    const until = (trades[0]?.time ?? 0) + (steps + 1) * STEP * SPEED;
    const before = [...log.shared.next];
    for (let trade = trades[at]; trade !== undefined && trade.time < until; trade = trades[++at])
      log.shared.add(symbols.indexOf(trade.symbol) % 3, { ...trade, change: 0 });
    for (const [partition, next] of log.shared.next.entries()) log.deliver(partition, next - (before[partition] ?? 0));
    clock.advance(STEP);
    if (steps % SLOW === 0) read();
    const { events, encoded } = world.market.ticks.stream.bytes;
    assert.ok(events <= BOUNDS.bytes && encoded <= BOUNDS.bytes, `${events} and ${encoded} bytes are kept`);
  }
  for (const { sink } of slow) sink.blocking = false;
  for (let rounds = 0; rounds < 3; rounds++) {
    read();
    clock.advance(1_000);
    await settle(clock);
  }

  const [one, ...others] = fast;
  assert.ok(one);
  const sent = log.shared.records.flatMap((records) =>
    records.map(({ partition, offset }) => `${partition}:${offset}`),
  );
  assert.deepEqual([...one.ticks].sort(), [...sent].sort(), 'each tick once');
  for (const other of others) assert.equal(other.sink.text, one.sink.text);
  const symbolOf = (tick: string): string => {
    const [partition = 0, offset = 0] = tick.split(':').map(Number);
    return log.shared.records[partition]?.[offset]?.tick.symbol ?? '';
  };
  const prices = newest(one, symbolOf);
  assert.equal(prices.size, symbols.length);
  for (const receiver of [...slow, ...spaced])
    assert.deepEqual(new Map([...newest(receiver, symbolOf)].sort()), new Map([...prices].sort()));
  assert.ok(world.hub.stats.conflated >= slow.length, `${world.hub.stats.conflated} times conflated`);
  for (const receiver of slow) assert.ok(receiver.ticks.length < sent.length, 'who is slow gets fewer ticks');
});
