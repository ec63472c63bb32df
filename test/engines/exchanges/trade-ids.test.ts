import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TradeIds } from '../../../server/engines/exchanges/trade-ids.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('what lies between two trades was missed, and what is not new was told', () => {
  const ids = new TradeIds();
  assert.deepEqual(
    [10, 11, 14, 14, 12, 15].map((id) => ids.missedBefore('BTC', id)),
    [0, 0, 2, -1, -1, 0],
  );
});

test('an exchange that counts anew is believed after twenty trades that rise', () => {
  const ids = new TradeIds();
  ids.missedBefore('BTC', 1_000_000);
  const told = range(1, 30).map((id) => ids.missedBefore('BTC', id));
  assert.deepEqual(told, [...Array(19).fill(-1), ...Array(10).fill(0)]);
});

test('trades that are repeated on purpose, or do not rise, are no such sign', () => {
  const ids = new TradeIds();
  ids.missedBefore('BTC', 1_000);
  for (const id of range(900, 950)) assert.equal(ids.missedBefore('BTC', id, true), -1);
  for (let i = 0; i < 50; i++) assert.equal(ids.missedBefore('BTC', 990 + (i % 5)), -1);
  assert.equal(ids.missedBefore('BTC', 1_001), 0);
});
