import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Candle } from '../../web/src/market/candle.ts';
import { MarketState } from '../../web/src/market/market-state.ts';
import { SparkReader } from '../../web/src/market/spark-reader.ts';

function readerOf() {
  const market = new MarketState({ choice: 'A', interval: '1s', publishSoon: () => undefined, now: () => 0 });
  const reads: { symbol: string; answer: (candles: Candle[]) => void; fail: () => void }[] = [];
  const reader = new SparkReader(market, {
    candles: (symbol) =>
      new Promise((answer, fail) => {
        reads.push({ symbol, answer, fail: () => fail(new Error('down')) });
      }),
  });
  return { market, reader, reads, asked: () => reads.map(({ symbol }) => symbol).join('') };
}

test('a line is read when it is first seen, three at a time', async () => {
  const { reader, reads, asked } = readerOf();
  for (const symbol of 'ABCDE') reader.show(symbol);
  reader.show('A');
  assert.equal(asked(), 'ABC');
  reads[0]?.answer([]);
  reads[1]?.fail();
  await turn();
  assert.equal(asked(), 'ABCDE');
});

test('what was scrolled past before its turn is not read', async () => {
  const { reader, reads, asked } = readerOf();
  for (const symbol of 'ABC') reader.show(symbol);
  reader.show('D')();
  reads[0]?.answer([]);
  await turn();
  assert.equal(asked(), 'ABC');
});

test('after a gap what is seen is read again', async () => {
  const { reader, reads, asked } = readerOf();
  reader.show('A');
  reader.show('B')();
  for (const read of reads) read.answer([]);
  await turn();
  reader.again();
  assert.equal(asked(), 'ABA');
});

test('the closing prices become the line', async () => {
  const { market, reader, reads } = readerOf();
  market.snapshot([{ symbol: 'A', price: 9, size: 1, change: 0, time: 20_000 }]);
  market.publish();
  reader.show('A');
  reads[0]?.answer([{ time: 10_000, open: 1, high: 1, low: 1, close: 7, volume: 1 }]);
  await turn();
  market.publish();
  assert.deepEqual(
    market.quote('A')?.spark.value.map(({ price }) => price),
    [7, 9],
  );
});
