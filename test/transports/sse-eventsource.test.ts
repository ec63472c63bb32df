import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventSource } from 'eventsource';
import { TestApp } from '../support/test-app.ts';

test('the EventSource of Node programs gets the snapshot, and then the ticks with their ids', async () => {
  const app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 100 });
  const source = new EventSource(`${app.url}/stream?symbols=BTC-USD`);
  try {
    const snapshot = Promise.withResolvers<string>();
    const ticks = Promise.withResolvers<string[]>();
    const symbols: string[] = [];
    const ids = new Set<string>();
    source.addEventListener('market-snapshot', ({ lastEventId }) => snapshot.resolve(lastEventId));
    source.addEventListener('market-tick', ({ data, lastEventId }) => {
      symbols.push(JSON.parse(data).symbol);
      ids.add(lastEventId);
      if (ids.size === 5) ticks.resolve(symbols);
    });
    assert.match(await snapshot.promise, /^[^:]+:\d+,\d+,\d+$/);
    assert.deepEqual(new Set(await ticks.promise), new Set(['BTC-USD']));
  } finally {
    source.close();
    await app.close();
  }
});
