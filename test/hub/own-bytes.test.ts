import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownBytes } from '../../server/hub/own-bytes.ts';
import { TickEvent } from '../../server/market/event.ts';

test('what a log keeps holds no memory but its own', () => {
  const tick = { symbol: 'BTC-USD', price: 1, size: 1, change: 0, time: 0 };
  const kept = [ownBytes('Grüße 🌍'), new TickEvent({ tick, partition: 0, offset: 0 }, [1]).json];
  for (const bytes of kept) assert.equal(bytes.buffer.byteLength, bytes.length);
  assert.equal(Buffer.from(kept[0] ?? []).toString(), 'Grüße 🌍');
});
