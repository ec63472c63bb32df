import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransportChoice } from '../../web/src/connection/transport-choice.ts';
import { WebSocketReturn } from '../../web/src/connection/websocket-return.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { FakeTransports } from './fake-transports.ts';
import { memoryPreferences } from './memory-preferences.ts';

const FIVE_MINUTES = 5 * 60_000;

function chatOn(transport: 'websocket' | 'xhr-polling') {
  const clock = new ManualClock();
  const transports = new FakeTransports();
  const choice = new TransportChoice(memoryPreferences());
  choice.worked(transport);
  let returns = 0;
  const back = new WebSocketReturn({
    clock,
    choice,
    open: transports.open.websocket,
    name: () => 'Ana',
    returned: () => returns++,
  });
  back.connected();
  return { back, choice, clock, transports, returns: () => returns };
}

test('a chat over WebSocket plans nothing', () => {
  const { clock, back, transports } = chatOn('websocket');
  back.now();
  clock.advance(FIVE_MINUTES);
  assert.equal(transports.attempts.length, 0);
});

test('five minutes after the fallback WebSocket is tried beside the session, and taken where it greets', () => {
  const { choice, clock, transports, returns } = chatOn('xhr-polling');
  clock.advance(FIVE_MINUTES - 1);
  assert.equal(transports.attempts.length, 0);
  clock.advance(1);
  assert.equal(choice.current, 'xhr-polling');
  transports.greet();
  assert.deepEqual([choice.current, transports.last.closed, returns()], ['websocket', true, 1]);
});

test('where it is still blocked nothing changes, and it is tried again as much later', () => {
  const { choice, clock, transports, returns } = chatOn('xhr-polling');
  clock.advance(FIVE_MINUTES);
  transports.last.events.closed(undefined);
  assert.deepEqual([choice.current, returns()], ['xhr-polling', 0]);
  clock.advance(FIVE_MINUTES);
  assert.equal(transports.attempts.length, 2);
});

test('another network is reason to try at once, one try at a time', () => {
  const { back, transports } = chatOn('xhr-polling');
  back.now();
  back.now();
  assert.equal(transports.attempts.length, 1);
});
