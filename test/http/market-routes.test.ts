import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 1_000 });
  while ((await symbols()).length < 5) await new Promise((resolve) => setTimeout(resolve, 20));
});
after(() => app.close());

async function symbols(): Promise<Record<string, unknown>[]> {
  return (await json(app.get('/api/market/symbols'))).symbols;
}

test('symbols gives the newest tick of each symbol, by name', async () => {
  const ticks = await symbols();
  const names = ticks.map(({ symbol }) => symbol);
  for (const name of ['BTC-USD', 'DOGE-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD']) assert.ok(names.includes(name), name);
  assert.deepEqual(names, names.toSorted());
  assert.deepEqual(Object.keys(ticks[0] ?? {}).sort(), ['change', 'price', 'side', 'size', 'symbol', 'time']);
});

for (const [interval, length] of Object.entries({ '1s': 1_000, '1m': 60_000, '5m': 300_000, '1h': 3_600_000 })) {
  test(`candles of ${interval} begin at multiples of it, and hold together`, async () => {
    const { candles } = await json(app.get(`/api/market/candles?symbol=BTC-USD&interval=${interval}&limit=2`));
    assert.ok(candles.length > 0 && candles.length <= 2);
    for (const { time, open, high, low, close, volume } of candles) {
      assert.equal(time % length, 0);
      assert.ok(low <= Math.min(open, close) && Math.max(open, close) <= high && volume > 0);
    }
  });
}

test('the interval is a minute where none is given', async () => {
  const { candles } = await json(app.get('/api/market/candles?symbol=BTC-USD'));
  assert.equal(candles[0].time % 60_000, 0);
});

test('an unknown symbol is refused', async () => {
  const response = await app.get('/api/market/candles?symbol=NO-SUCH');
  assert.equal(response.status, 404);
  assert.equal((await json(response)).code, 'unknown-symbol');
});

for (const [query, names] of [
  ['', 'symbol'],
  ['symbol=', 'symbol'],
  [`symbol=${'X'.repeat(65)}`, 'symbol'],
  ['symbol=BTC-USD&interval=2m', 'interval'],
  ['symbol=BTC-USD&interval=toString', 'interval'],
  ['symbol=BTC-USD&limit=0', 'limit'],
  ['symbol=BTC-USD&limit=1001', 'limit'],
  ['symbol=BTC-USD&before=-1', 'before'],
  ['symbol=BTC-USD&before=yesterday', 'before'],
]) {
  test(`candles?${query} is refused, naming the parameter`, async () => {
    const response = await app.get(`/api/market/candles?${query}`);
    assert.equal(response.status, 400);
    const { code, message } = await json(response);
    assert.equal(code, 'invalid-parameter');
    assert.match(message, new RegExp(`^The parameter ${names} must be `));
  });
}

test('candles page back by before, which is exclusive, down to the first', async () => {
  const page = async (query: string) =>
    (await json(app.get(`/api/market/candles?symbol=BTC-USD&interval=1s${query}`))).candles;
  while ((await page('&limit=3')).length < 3) await new Promise((resolve) => setTimeout(resolve, 100));
  const [first, second, third] = await page('&limit=3');
  assert.deepEqual(await page(`&before=${third.time}&limit=2`), [first, second]);
  assert.deepEqual(await page('&before=0'), []);
});
