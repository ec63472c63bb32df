import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream, type ReceivedEvent } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { binanceDialect, coinbaseDialect, krakenDialect } from '../support/exchange-dialects.ts';
import { ExchangeStandIn, TRADED_AT } from '../support/exchange-stand-in.ts';
import { fastClock } from '../support/fast-clock.ts';
import { json, TestApp } from '../support/test-app.ts';

const FACTOR = 10;
const each = [
  ['coinbase', coinbaseDialect, 'BTC-USD', 'ETH-USD'],
  ['binance', binanceDialect, 'BTCUSDT', 'ETHUSDT'],
  ['kraken', krakenDialect, 'BTC/USD', 'ETH/USD'],
] as const;

async function withExchange(
  [source, dialect]: (typeof each)[number],
  run: (app: TestApp, standIn: ExchangeStandIn) => Promise<void>,
): Promise<void> {
  const standIn = await ExchangeStandIn.start(dialect);
  const market = { MARKET_SOURCE: source, MARKET_FEED_URL: standIn.url, MARKET_SYMBOLS: ['BTC-USD', 'ETH-USD'] };
  const app = await TestApp.start(market, { clock: fastClock(FACTOR) });
  try {
    await run(app, standIn);
  } finally {
    await app.close();
    await standIn.close();
  }
}

async function next(stream: EventStream, event: string): Promise<ReceivedEvent> {
  for (;;) {
    const received = await stream.next();
    if (received.event === event) return received;
  }
}

async function nextStatus(stream: EventStream): Promise<string> {
  return JSON.parse((await next(stream, 'market-status')).data).state;
}

/** Reads until prices are in this state: before the exchange has answered for the first time they are stale, however short. */
async function untilStatus(stream: EventStream, state: string): Promise<void> {
  while ((await nextStatus(stream)) !== state);
}

for (const exchange of each) {
  const [source, , btc, eth] = exchange;

  test(`${source}: a trade of the exchange reaches whoever follows /stream, and the REST API`, () =>
    withExchange(exchange, async (app, standIn) => {
      await standIn.subscribed(btc, eth);
      const stream = await EventStream.open(`${app.url}/stream?symbols=BTC-USD`);
      standIn.trade(eth, '2059.10');
      standIn.trade(btc, '64000.00');
      standIn.trade(btc, '64640.00');
      const ticks = [await next(stream, 'market-tick'), await next(stream, 'market-tick')];
      const common = { symbol: 'BTC-USD', size: 0.25, side: 'buy', time: Date.parse(TRADED_AT) };
      assert.deepEqual(
        ticks.map(({ data }) => JSON.parse(data)),
        [
          { ...common, price: 64_000, change: 0 },
          { ...common, price: 64_640, change: 1 },
        ],
      );
      // Symbols come by ways of their own.
      await eventually(async () => {
        const { symbols } = await json(app.get('/api/market/symbols'));
        assert.deepEqual(
          symbols.map(({ symbol, price }: { symbol: string; price: number }) => [symbol, price]),
          [
            ['BTC-USD', 64_640],
            ['ETH-USD', 2_059.1],
          ],
        );
      });
      await stream.close();
    }));

  test(`${source}: when the exchange is silent everybody learns that prices are stale, and that they are not any more`, () =>
    withExchange(exchange, async (app, standIn) => {
      const stream = await EventStream.open(`${app.url}/stream`);
      await untilStatus(stream, 'live');
      standIn.silent = true;
      await untilStatus(stream, 'stale');
      const late = await EventStream.open(`${app.url}/stream`);
      assert.equal(await nextStatus(late), 'stale');
      const { market, state, engines } = await json(app.get('/api/info'));
      assert.deepEqual([market, state, engines.tickLog.state], [{ state: 'stale' }, 'degraded', 'up']);
      assert.deepEqual(engines.marketSource, { kind: source, state: 'down' });
      standIn.silent = false;
      await untilStatus(stream, 'live');
      await untilStatus(late, 'live');
      await Promise.all([stream.close(), late.close()]);
    }));
}

test('what happens with the exchange is counted in the metrics', () =>
  withExchange(each[0], async (app, standIn) => {
    await standIn.subscribed('BTC-USD');
    standIn.trade('BTC-USD', '1');
    standIn.trade('BTC-USD', '2', false);
    standIn.trade('BTC-USD', '3');
    const read = async (): Promise<string> => (await fetch(`${app.adminUrl}/metrics`)).text();
    const line = (event: string, count: number) => `towncrier_exchange_events_total{event="${event}"} ${count}\n`;
    while (!(await read()).includes(line('missed', 1))) await new Promise((go) => setTimeout(go, 10));
    const text = await read();
    for (const [event, count] of [
      ['connected', 1],
      ['cut', 0],
      ['repeated', 0],
    ] as const)
      assert.ok(text.includes(line(event, count)), event);
  }));
