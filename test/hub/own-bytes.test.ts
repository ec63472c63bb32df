import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryEvent } from '../../server/chat/event.ts';
import { ownBytes } from '../../server/hub/own-bytes.ts';
import { TickEvent } from '../../server/market/event.ts';

test('what a log keeps holds no memory but its own', () => {
  const message = { room: 'global', seq: 1, id: 'x', sender: 'Ann', content: 'Grüße 🌍', time: 0 };
  const tick = { symbol: 'BTC-USD', price: 1, size: 1, change: 0, time: 0 };
  const kept = [
    ownBytes('Grüße 🌍'),
    entryEvent(message).json,
    new TickEvent({ tick, partition: 0, offset: 0 }, [1]).json,
  ];
  for (const bytes of kept) assert.equal(bytes.buffer.byteLength, bytes.length);
  assert.equal(Buffer.from(kept[0] ?? []).toString(), 'Grüße 🌍');
});
