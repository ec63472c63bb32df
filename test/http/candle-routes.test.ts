import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { systemClock } from '../../server/clock.ts';
import { openSqliteCandleStore } from '../../server/engines/embedded/sqlite-candle-store.ts';
import { addCandleRoutes } from '../../server/http/candle-routes.ts';
import { httpRefusal } from '../../server/http/refusal.ts';
import { json, TestApp } from '../support/test-app.ts';

const MINUTE = 60_000;
const START = 1_600_000_020_000;
/** More than goes out in one piece. */
const COUNT = 2_500;
let folder: string;
let app: TestApp;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-candles-'));
  const store = await openSqliteCandleStore({ folder, clock: systemClock });
  const candles = Array.from({ length: COUNT }, (_, minute) => ({
    ...{ symbol: 'OLD/"1', interval: '1m' as const, time: START + minute * MINUTE },
    ...{ open: minute, high: minute + 0.5, low: minute, close: minute + 0.25, volume: 1.5, ticks: 1 },
  }));
  for (let i = 0; i < COUNT; i += 500) await store.put(candles.slice(i, i + 500));
  await store.close();
  app = await TestApp.start({ DATA_DIR: folder, CANDLE_RETENTION: ['1m:36500'] });
});
after(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const symbol = encodeURIComponent('OLD/"1');

test('a download is a line with names, then a line a candle, oldest first, as a file', async () => {
  const response = await app.get(`/api/market/candles.csv?symbol=${symbol}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
  assert.equal(response.headers.get('content-disposition'), 'attachment; filename="OLD__1-1m.csv"');
  const lines = (await response.text()).split('\n');
  assert.deepEqual(lines.slice(0, 2), ['time,open,high,low,close,volume', `${START},0,0.5,0,0.25,1.5`]);
  assert.equal(lines.length, COUNT + 2);
  assert.equal(lines.at(-1), '');
});

test('from, before and limit bound a download', async () => {
  const [from, to] = [START + 1_000 * MINUTE, START + 2_200 * MINUTE];
  const lines = async (query: string) =>
    (await (await app.get(`/api/market/candles.csv?symbol=${symbol}&${query}`)).text()).trim().split('\n').slice(1);
  const some = await lines(`from=${from}&before=${to}`);
  assert.deepEqual(
    [some.length, some[0]?.split(',')[0], some.at(-1)?.split(',')[0]],
    [1_200, `${from}`, `${to - MINUTE}`],
  );
  assert.equal((await lines('limit=7')).length, 7);
  assert.deepEqual(await lines('interval=1h'), []);
});

test('HEAD tells what a download would be', async () => {
  const response = await fetch(`${app.url}/api/market/candles.csv?symbol=${symbol}`, { method: 'HEAD' });
  assert.deepEqual([response.status, await response.text()], [200, '']);
});

for (const [query, status, code] of [
  ['', 400, 'invalid-parameter'],
  [`symbol=${symbol}&limit=0`, 400, 'invalid-parameter'],
  [`symbol=${symbol}&limit=100001`, 400, 'invalid-parameter'],
  [`symbol=${symbol}&from=now`, 400, 'invalid-parameter'],
  [`symbol=${symbol}&interval=2m`, 400, 'invalid-parameter'],
] as const) {
  test(`candles.csv?${query} is refused`, async () => {
    const response = await app.get(`/api/market/candles.csv?${query}`);
    assert.deepEqual([response.status, (await json(response)).code], [status, code]);
  });
}

test('more downloads than may be made at a time are refused, until one ends', async () => {
  const gate = Promise.withResolvers<void>();
  const candle = { time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 };
  const history = {
    page: async () => ({ candles: [] }),
    refuseUnknown: () => undefined,
    async *all() {
      yield [candle];
      await gate.promise;
    },
  };
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => reply.code(429).send(httpRefusal(error)));
  addCandleRoutes(server, history, systemClock);
  const url = `${await server.listen({ port: 0, host: '127.0.0.1' })}/api/market/candles.csv?symbol=A`;
  try {
    const open = await Promise.all(Array.from({ length: 16 }, () => fetch(url)));
    assert.deepEqual([...new Set(open.map(({ status }) => status))], [200]);
    const refused = await fetch(url);
    assert.deepEqual([refused.status, (await json(refused)).code], [429, 'too-fast']);
    gate.resolve();
    for (const response of open) assert.match(await response.text(), /\n0,1,1,1,1,1\n$/);
    while ((await fetch(url)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await server.close();
  }
});

test('over a restart candles go on where they were, and so do prices and their change', async () => {
  const place = await mkdtemp(join(tmpdir(), 'towncrier-candles-'));
  const settings = { DATA_DIR: place, MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 500 } as const;
  const hour = async (one: TestApp) =>
    (await json(one.get('/api/market/candles?symbol=BTC-USD&interval=1h&limit=1'))).candles[0];
  const ticking = async (one: TestApp) => {
    for (let last = await hour(one); !last || (await hour(one)).volume === last.volume; last ??= await hour(one))
      await new Promise((resolve) => setTimeout(resolve, 20));
    return hour(one);
  };
  const first = await TestApp.start(settings);
  const known = await ticking(first);
  await first.app.close();
  const second = await TestApp.start(settings);
  const now = await ticking(second);
  try {
    if (now.time !== known.time) return; // the hour is over: there is nothing to go on with
    assert.equal(now.open, known.open);
    assert.ok(now.volume > known.volume && now.high >= known.high && now.low <= known.low);
  } finally {
    await second.close();
    await rm(place, { recursive: true, force: true });
  }
});
