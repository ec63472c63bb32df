import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marketStreamSource } from '../../server/destinations/stream.ts';
import { Refusal } from '../../server/errors.ts';
import { chunked, plain } from '../../server/protocol/sse/framing.ts';
import { ManualTickLog } from '../market/manual-tick-log.ts';
import { instance, START, tick } from '../market/world.ts';
import { ManualClock } from '../support/manual-clock.ts';

async function setting() {
  const clock = new ManualClock();
  const log = new ManualTickLog();
  const { market } = await instance(clock, log);
  for (const [i, symbol] of ['A-USD', 'B-USD', 'C-USD'].entries()) log.shared.add(i, tick(symbol, i + 1));
  log.deliverAll();
  const source = marketStreamSource(market);
  const open = (query: string, id?: string) => source.parse(new URLSearchParams(query)).open(id);
  return { clock, log, market, open };
}

const json = (symbol: string, size: number): string =>
  `{"symbol":"${symbol}","price":${100 + size},"size":${size},"change":0,"time":${START + size}}`;

async function text(
  query: string,
  id?: string,
  more: (world: Awaited<ReturnType<typeof setting>>) => void = () => undefined,
) {
  const world = await setting();
  const { stream, start, encoding } = await world.open(query, id);
  more(world);
  const { encode } = encoding(plain);
  const logged = [];
  for (let position = start.next; position < stream.next; position++) {
    const event = stream.at(position);
    if (event !== undefined) logged.push(event);
  }
  return [...(start.before ?? []), ...logged].map((event) => Buffer.from(encode(event, 0)).toString());
}

test('a tick is an event market-tick with its position and its JSON', async () => {
  assert.deepEqual(await text('', 'log:1,1,0'), [`id: log:1,1,1\nevent: market-tick\ndata: ${json('C-USD', 3)}\n\n`]);
});

test('a snapshot is an event market-snapshot with a list of ticks', async () => {
  const ticks = [json('A-USD', 1), json('B-USD', 2), json('C-USD', 3)];
  assert.deepEqual(await text(''), [`id: log:1,1,1\nevent: market-snapshot\ndata: {"ticks":[${ticks.join()}]}\n\n`]);
});

test('a filter leaves out the ticks of other symbols, of the snapshot too', async () => {
  assert.deepEqual(await text('symbols=A-USD,C-USD'), [
    `id: log:1,1,1\nevent: market-snapshot\ndata: {"ticks":[${json('A-USD', 1)},${json('C-USD', 3)}]}\n\n`,
  ]);
  assert.deepEqual(await text('symbols=C-USD&symbols=A-USD', 'log:0,0,0'), [
    `id: log:1,0,0\nevent: market-tick\ndata: ${json('A-USD', 1)}\n\n`,
    '',
    `id: log:1,1,1\nevent: market-tick\ndata: ${json('C-USD', 3)}\n\n`,
  ]);
});

test('of a batch only the last event carries the id, whatever the filter leaves of it', async () => {
  const batch = (query: string) =>
    text(query, 'log:1,1,1', ({ clock, log }) => {
      for (const [i, symbol] of ['A-USD', 'B-USD', 'C-USD'].entries()) log.shared.add(i, tick(symbol, i + 11));
      log.deliverAll();
      clock.advance(100);
    });
  const event = (symbol: string, size: number) => `event: market-tick\ndata: ${json(symbol, size)}\n\n`;
  assert.deepEqual(await batch('interval=100'), [
    `${event('A-USD', 11)}${event('B-USD', 12)}id: log:2,2,2\n${event('C-USD', 13)}`,
  ]);
  assert.deepEqual(await batch('interval=100&symbols=A-USD,B-USD'), [
    `${event('A-USD', 11)}id: log:2,2,2\n${event('B-USD', 12)}`,
  ]);
  assert.deepEqual(await batch('interval=100&symbols=C-USD'), [`id: log:2,2,2\n${event('C-USD', 13)}`]);
});

test('an event is one chunk, and what is left out is none', async () => {
  const { open, market } = await setting();
  const { encoding } = await open('symbols=A-USD');
  const { encode } = encoding(chunked);
  const [one, other] = [market.ticks.stream.at(0), market.ticks.stream.at(1)];
  const body = `id: log:1,0,0\nevent: market-tick\ndata: ${json('A-USD', 1)}\n\n`;
  assert.equal(one && Buffer.from(encode(one, 0)).toString(), `${body.length.toString(16)}\r\n${body}\r\n`);
  assert.equal(other && encode(other, 0).length, 0);
});

test('the same symbols in any order share their bytes, and other framings and filters do not', async () => {
  const { open } = await setting();
  const key = async (query: string, framing = chunked) => (await open(query)).encoding(framing).key;
  assert.equal(await key('symbols=A-USD,B-USD'), await key('symbols=B-USD,A-USD,B-USD'));
  const keys = [await key(''), await key('', plain), await key('symbols=A-USD'), await key('symbols=A-USD,B-USD')];
  assert.equal(new Set(keys).size, keys.length);
});

test('only where a filter leaves events out there is a position to tell', async () => {
  const { open } = await setting();
  assert.equal((await open('')).position, undefined);
  assert.equal((await open('symbols=A-USD')).position?.id, 'log:1,1,1');
});

for (const [query, code] of [
  ['symbols=NO-USD', 'unknown-symbol'],
  ['symbols=A-USD,no', 'unknown-symbol'],
  ['symbols=%00', 'unknown-symbol'],
  ['symbols=', 'invalid-parameter'],
  ['symbols=,,', 'invalid-parameter'],
  [`symbols=${'A-USD,'.repeat(101)}`, 'invalid-parameter'],
  ['interval=', 'invalid-parameter'],
  ['interval=0', 'invalid-parameter'],
  ['interval=-5', 'invalid-parameter'],
  ['interval=1e3', 'invalid-parameter'],
  ['interval=fast', 'invalid-parameter'],
] as const) {
  test(`?${query.slice(0, 40)} is refused as ${code}`, async () => {
    const { open } = await setting();
    assert.throws(
      () => open(query),
      (error) => error instanceof Refusal && error.code === code,
    );
  });
}
