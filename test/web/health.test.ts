import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connections, healthOf } from '../../web/src/connection/health.ts';

const live: Connections = { chat: 'live', behind: false, transport: 'websocket', prices: 'live' };
const words = (changes: Partial<Connections>) => {
  const health = healthOf({ ...live, ...changes });
  return `${health.level}: ${health.words}`;
};

test('it is live only where everything is', () => {
  assert.equal(words({}), 'live: Live');
  assert.equal(words({ prices: 'stale' }), 'limited: Prices stale');
  assert.equal(words({ prices: 'offline' }), 'offline: Prices offline');
});

test('a chat that goes another way than usual says which', () => {
  assert.equal(words({ transport: 'xhr-streaming' }), 'limited: Streaming through SockJS');
  assert.equal(words({ transport: 'xhr-polling' }), 'limited: Polling through SockJS');
});

test('while messages are missing it is catching up', () => {
  assert.equal(words({ behind: true }), 'waiting: Catching up');
});

test('where both are troubled both are named', () => {
  assert.equal(words({ transport: 'xhr-polling', prices: 'stale' }), 'limited: Polling through SockJS · prices stale');
  assert.equal(words({ chat: 'reconnecting', prices: 'offline' }), 'limited: Reconnecting · prices offline');
});

test('without a server one word says it', () => {
  assert.equal(words({ chat: 'offline', prices: 'offline' }), 'offline: Offline');
  assert.equal(words({ chat: 'connecting', prices: 'connecting' }), 'waiting: Connecting');
});
