import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickRing } from '../../server/engines/embedded/tick-ring.ts';
import { binance } from '../../server/engines/exchanges/binance.ts';
import { coinbase } from '../../server/engines/exchanges/coinbase.ts';
import { ExchangeSource } from '../../server/engines/exchanges/exchange-source.ts';
import { noExchangeStats } from '../../server/engines/exchanges/exchange-stats.ts';
import { kraken } from '../../server/engines/exchanges/kraken.ts';
import { Hub } from '../../server/hub/hub.ts';
import { startFeed } from '../../server/market/feed.ts';
import { createMarket } from '../../server/market/market.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { binanceDialect, coinbaseDialect, krakenDialect } from '../support/exchange-dialects.ts';
import { ExchangeStandIn } from '../support/exchange-stand-in.ts';
import { ManualClock } from '../support/manual-clock.ts';

const each = [
  [coinbase, coinbaseDialect],
  [binance, binanceDialect],
  [kraken, krakenDialect],
] as const;
const STEP = 100;

/** Lets what waits for a promise or a socket of this machine go on. */
async function settle(clock: ManualClock): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise((go) => setImmediate(go));
    clock.run();
  }
}

/** From the exchange over the feed and the log to what an instance says of its prices, on one clock that stands still. */
async function wholeWay([exchange, dialect]: (typeof each)[number]) {
  const clock = new ManualClock();
  const { log: logger } = recordingLog();
  const standIn = await ExchangeStandIn.start(dialect);
  const log = createTickRing({ clock, random: () => 0.5 });
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const market = await createMarket({ log, hub, clock, logger });
  const options = { exchange, clock, log: logger, stats: noExchangeStats(), url: standIn.url };
  const source = new ExchangeSource({ ...options, symbols: ['BTC-USD'], random: () => 0.5 });
  const feed = startFeed({ source, log, clock, logger, known: market });
  const name = exchange.nameOf('BTC-USD');
  await standIn.subscribed(name);
  const heard = async (price: number): Promise<void> => {
    standIn.trade(name, `${price}`);
    while (market.symbols()[0]?.price !== price) {
      await new Promise((go) => setTimeout(go, 2));
      clock.run();
    }
  };
  const close = async (): Promise<void> => {
    await feed.stop();
    market.close();
    await log.close();
    await standIn.close();
  };
  return { clock, market, feed, standIn, heard, close };
}

/** How long until prices are stale, in milliseconds of the clock. */
async function untilStale({ clock, market }: Awaited<ReturnType<typeof wholeWay>>): Promise<number> {
  let passed = 0;
  for (; !market.stale && passed < 60_000; passed += STEP) {
    clock.advance(STEP);
    await settle(clock);
  }
  return passed;
}

for (const pair of each) {
  test(`${pair[0].name}: prices are stale within 10 s after it fell silent, whenever that was`, async () => {
    const way = await wholeWay(pair);
    try {
      for (const phase of [0, 300, 700, 1_000, 1_900, 2_500]) {
        await way.heard(1 + phase);
        way.clock.advance(phase);
        await settle(way.clock);
        way.standIn.silent = true;
        // All that was on its way has come when this has: from here on there is silence.
        await way.heard(2 + phase);
        assert.equal(way.market.stale, false);
        const passed = await untilStale(way);
        assert.ok(passed > 5_000 && passed <= 10_000, `${passed} ms`);
        way.standIn.silent = false;
        while (way.market.stale || !way.feed.live) {
          way.clock.advance(STEP);
          await new Promise((go) => setTimeout(go, 2));
          await settle(way.clock);
        }
      }
    } finally {
      await way.close();
    }
  });
}

test('prices are stale within 10 s after the feed itself has ended', async () => {
  const way = await wholeWay(each[0]);
  try {
    await way.heard(1);
    way.clock.advance(1_000);
    await settle(way.clock);
    await way.feed.stop();
    const passed = await untilStale(way);
    assert.ok(passed > 5_000 && passed <= 10_000, `${passed} ms`);
  } finally {
    await way.close();
  }
});
