import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../server/clock.ts';
import { binance } from '../../../server/engines/exchanges/binance.ts';
import { coinbase } from '../../../server/engines/exchanges/coinbase.ts';
import type { Exchange } from '../../../server/engines/exchanges/exchange.ts';
import { ExchangeSource } from '../../../server/engines/exchanges/exchange-source.ts';
import { type ExchangeStats, noExchangeStats } from '../../../server/engines/exchanges/exchange-stats.ts';
import { kraken } from '../../../server/engines/exchanges/kraken.ts';
import type { Trade } from '../../../server/engines/market-source.ts';
import { type LogLine, recordingLog } from '../../chat/recording-log.ts';
import { binanceDialect, coinbaseDialect, type Dialect, krakenDialect } from '../../support/exchange-dialects.ts';
import { ExchangeStandIn, TRADED_AT } from '../../support/exchange-stand-in.ts';
import { fastClock } from '../../support/fast-clock.ts';

const FACTOR = 20;

interface Setting {
  readonly standIn: ExchangeStandIn;
  readonly source: ExchangeSource;
  readonly trades: Trade[];
  readonly stats: ExchangeStats;
  readonly lines: LogLine[];
  /** What the source asked its clock to wait for, in milliseconds. */
  readonly waits: readonly number[];
  prices(): number[];
  /** Waits until something holds; a test that waits in vain fails by its time limit. */
  until(holds: () => boolean): Promise<void>;
}

interface Plan {
  readonly symbols?: readonly string[];
  readonly last?: ReadonlyMap<string, number>;
  /** Before the source starts. */
  readonly prepare?: (standIn: ExchangeStandIn) => void;
}

async function withSource(
  [exchange, dialect]: readonly [Exchange, Dialect],
  run: (setting: Setting) => Promise<void>,
  { symbols = ['BTC-USD', 'ETH-USD'], last = new Map(), prepare = () => undefined }: Plan = {},
): Promise<void> {
  const standIn = await ExchangeStandIn.start(dialect);
  const { log, lines } = recordingLog();
  const stats = noExchangeStats();
  const waits: number[] = [];
  const fast = fastClock(FACTOR);
  const after: Clock['after'] = (ms, task) => {
    waits.push(ms);
    return fast.after(ms, task);
  };
  const clock = { ...fast, after };
  const random = (): number => 0.5;
  const source = new ExchangeSource({ exchange, symbols, url: standIn.url, clock, log, random, stats });
  const trades: Trade[] = [];
  prepare(standIn);
  source.start(last, (batch) => trades.push(...batch));
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((go) => setTimeout(go, 5));
  };
  const prices = (): number[] => trades.map(({ price }) => price);
  try {
    await run({ standIn, source, trades, stats, lines, waits, until, prices });
  } finally {
    source.stop();
    await standIn.close();
  }
}

const each = [
  [coinbase, coinbaseDialect],
  [binance, binanceDialect],
  [kraken, krakenDialect],
] as const;

for (const pair of each) {
  const [exchange] = pair;
  const btc = exchange.nameOf('BTC-USD');
  const eth = exchange.nameOf('ETH-USD');

  test(`${exchange.name}: trades come with our symbols, exact prices, the exchange's time and who took`, () =>
    withSource(pair, async ({ standIn, trades, until }) => {
      await standIn.subscribed(btc, eth);
      standIn.trade(btc, '64250.10');
      standIn.trade(eth, '0.00001234');
      await until(() => trades.length === 2);
      const time = Date.parse(TRADED_AT);
      assert.deepEqual(trades, [
        { symbol: 'BTC-USD', price: 64_250.1, size: 0.25, side: 'buy', time },
        { symbol: 'ETH-USD', price: 0.000_012_34, size: 0.25, side: 'buy', time },
      ]);
      assert.equal(time % 1, 0);
    }));

  test(`${exchange.name}: a connection that is cut is made anew, and trades go on`, () =>
    withSource(pair, async ({ standIn, stats, prices, until }) => {
      await standIn.subscribed(btc);
      standIn.trade(btc, '1');
      await until(() => prices().length === 1);
      standIn.cut();
      await until(() => standIn.connections === 2);
      await standIn.subscribed(btc);
      standIn.trade(btc, '2');
      await until(() => prices().length >= 2);
      assert.deepEqual(prices(), [1, 2]);
      assert.deepEqual([stats.connected, stats.cut, stats.missed], [2, 1, 0]);
    }));

  test(`${exchange.name}: it lives while nobody trades, and is not live when nothing at all comes`, () =>
    withSource(pair, async ({ standIn, source, stats, until }) => {
      await until(() => source.live);
      // 30 seconds of the fast clock.
      await new Promise((go) => setTimeout(go, 30_000 / FACTOR));
      assert.deepEqual([source.live, standIn.connections], [true, 1]);
      standIn.silent = true;
      await until(() => !source.live);
      await until(() => standIn.connections === 2);
      assert.ok(stats.silent >= 1);
      standIn.silent = false;
      await until(() => source.live);
    }));

  test(`${exchange.name}: trades that were not told are counted, and one that is told again is dropped`, () =>
    withSource(pair, async ({ standIn, stats, lines, prices, until }) => {
      await standIn.subscribed(btc);
      standIn.trade(btc, '1');
      standIn.trade(btc, '2', false);
      standIn.trade(btc, '3', false);
      standIn.trade(btc, '4');
      standIn.tellAgain(btc);
      await until(() => stats.repeated === 1);
      assert.deepEqual(prices(), [1, 4]);
      assert.equal(stats.missed, 2);
      assert.equal(lines.filter(({ text }) => text.includes('were not told')).length, 1);
    }));

  test(`${exchange.name}: what cannot be understood is counted and nothing more`, () =>
    withSource(pair, async ({ standIn, stats, prices, until }) => {
      await standIn.subscribed(btc);
      standIn.trade(btc, '1');
      for (const text of ['', 'no JSON', '[]', 'null', '7']) standIn.say(text);
      standIn.trade(btc, '-1');
      standIn.trade(btc, '1e400');
      standIn.say('{"type":"news","channel":"news","e":"news"}');
      standIn.trade('STRANGER', '5');
      standIn.trade(btc, '6');
      await until(() => prices().includes(6));
      assert.deepEqual(prices(), [1, 6]);
      assert.equal(stats.strange, 7);
      assert.equal(standIn.connections, 1);
    }));

  test(`${exchange.name}: a ping is answered with what it carries`, () =>
    withSource(pair, async ({ standIn, until }) => {
      await standIn.subscribed(btc);
      standIn.ping('1767323045678');
      await until(() => standIn.pongs.length === 1);
      assert.deepEqual(standIn.pongs, ['1767323045678']);
    }));

  test(`${exchange.name}: a trade with a number far too large does not silence its symbol for ever`, () =>
    withSource(pair, async ({ standIn, prices, until }) => {
      await standIn.subscribed(btc);
      standIn.trade(btc, '1');
      standIn.countFrom(Number.MAX_SAFE_INTEGER);
      standIn.trade(btc, '2');
      standIn.countFrom(1_001);
      for (let price = 3; price < 30; price++) standIn.trade(btc, `${price}`);
      await until(() => prices().includes(29));
      assert.deepEqual(prices().slice(0, 3), [1, 2, 22]);
    }));

  test(`${exchange.name}: an exchange that ends every connection is asked ever more seldom`, () =>
    withSource(
      pair,
      async ({ standIn, stats, waits, until }) => {
        await until(() => standIn.connections >= 5);
        // With half of the jitter.
        const pauses = waits.filter((ms) => ms !== exchange.pace);
        assert.deepEqual(pauses.slice(0, 4), [1_000, 1_500, 3_000, 6_000]);
        assert.ok(stats.cut >= 4);
      },
      {
        prepare: (standIn) => {
          standIn.refusing = true;
        },
      },
    ));

  test(`${exchange.name}: many symbols are subscribed to in several messages, no faster than it allows`, () => {
    let began = 0;
    return withSource(
      pair,
      async ({ standIn }) => {
        await standIn.subscribed(exchange.nameOf('C119-USD'));
        assert.ok(standIn.asked.length >= 2);
        // Each of them may come late, and the next one soon after it, but none before its pauses have passed.
        for (const [pauses, { at }] of standIn.asked.entries())
          assert.ok((at - began) * FACTOR > exchange.pace * pauses * 0.8, `${at - began} ms for ${pauses} pauses`);
      },
      {
        symbols: Array.from({ length: 120 }, (_, i) => `C${i}-USD`),
        prepare: () => {
          began = performance.now();
        },
      },
    );
  });

  test(`${exchange.name}: after stop nothing is reported and no connection is made`, () =>
    withSource(pair, async ({ standIn, source, trades }) => {
      await standIn.subscribed(btc);
      source.stop();
      standIn.trade(btc, '1');
      await new Promise((go) => setTimeout(go, 10_000 / FACTOR));
      assert.deepEqual([trades.length, standIn.connections, source.live], [0, 1, false]);
    }));
}

for (const pair of each.filter(([{ name }]) => name !== 'Binance')) {
  const [exchange] = pair;
  const btc = exchange.nameOf('BTC-USD');
  const eth = exchange.nameOf('ETH-USD');

  test(`${exchange.name}: a symbol that it does not have is left out, said once, and the others come`, () =>
    withSource(
      pair,
      async ({ standIn, lines, stats, prices, until }) => {
        await standIn.subscribed(btc);
        standIn.trade(btc, '1');
        await until(() => prices().length === 1);
        assert.equal(stats.refused, 1);
        assert.deepEqual(
          lines.filter(({ level }) => level === 'error').map(({ text }) => text),
          [`${exchange.name} does not have XX-USD: no prices of it will come`],
        );
        assert.equal(standIn.connections, 1);
      },
      { symbols: ['BTC-USD', 'XX-USD'] },
    ));

  test(`${exchange.name}: without any symbol that it has, it is left in peace`, () =>
    withSource(
      pair,
      async ({ standIn, source, lines, until }) => {
        await until(() => lines.some(({ text }) => text.includes('none of the symbols')));
        await new Promise((go) => setTimeout(go, 10_000 / FACTOR));
        assert.deepEqual([source.live, standIn.connections], [false, 1]);
      },
      { symbols: ['XX-USD'] },
    ));

  test(`${exchange.name}: what was traded before is the beginning where the log knows no price`, () =>
    withSource(
      pair,
      async ({ standIn, prices, until }) => {
        await standIn.subscribed(btc);
        await until(() => prices().length === 1);
        assert.deepEqual(prices(), [9]);
      },
      { prepare: (standIn) => standIn.trade(btc, '9') },
    ));

  test(`${exchange.name}: and is left out where the log has it already, but fills the gap of a cut`, () =>
    withSource(
      pair,
      async ({ standIn, prices, stats, until }) => {
        await standIn.subscribed(btc, eth);
        standIn.trade(eth, '1');
        await until(() => prices().length === 1);
        standIn.cut();
        standIn.trade(btc, '10', false);
        await until(() => prices().length === 2);
        assert.deepEqual([prices(), stats.missed], [[1, 10], 1]);
      },
      { last: new Map([['BTC-USD', 9]]), prepare: (standIn) => standIn.trade(btc, '9') },
    ));
}

test('a refusal that names no symbol makes the connection anew, later', () =>
  withSource([binance, binanceDialect], async ({ standIn, stats, until }) => {
    await standIn.subscribed('BTCUSDT');
    standIn.say('{"error":{"code":2,"msg":"Invalid request: too many streams"},"id":1}');
    await until(() => standIn.connections === 2);
    assert.equal(stats.refused, 1);
  }));

test('an answer that lists no stream is no sign of life', async () => {
  const deaf: Dialect = {
    ...binanceDialect,
    answer: (text) => ({ names: ['BTCUSDT'], answers: [`{"result":[],"id":${JSON.parse(text).id}}`] }),
  };
  await withSource([binance, deaf], async ({ source, stats, until }) => {
    await until(() => stats.silent === 1);
    assert.equal(source.live, false);
  });
});

test('a message that is larger than any exchange sends ends the connection, and another is made', () =>
  withSource([coinbase, coinbaseDialect], async ({ standIn, stats, prices, until }) => {
    await standIn.subscribed('BTC-USD');
    standIn.say(`"${'x'.repeat(1_048_576)}"`);
    await until(() => standIn.connections === 2);
    await standIn.subscribed('BTC-USD');
    standIn.trade('BTC-USD', '5');
    await until(() => prices().length === 1);
    assert.deepEqual([prices(), stats.cut, stats.strange], [[5], 1, 0]);
  }));
