import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from '../../../web/src/lab/entry.ts';
import { everything, filtered } from '../../../web/src/lab/filter.ts';
import { FrameLog, MOST_ENTRIES } from '../../../web/src/lab/frame-log.ts';

const chat: Connection = { name: 'chat', protocol: 'websocket', target: '/ws-endpoint' };
const prices: Connection = { name: 'prices', protocol: 'sse', target: '/stream' };

function filled(count: number, data = 'x'): FrameLog {
  const log = new FrameLog(() => 7);
  for (let n = 0; n < count; n++) log.add(chat, 'server', { kind: 'message', data: `${data}${n}` });
  return log;
}

test('the log keeps about the newest thousand entries, and never many more', () => {
  const { entries } = filled(5_000);
  assert.ok(entries.length >= MOST_ENTRIES && entries.length <= MOST_ENTRIES + 100);
  assert.equal(entries.at(-1)?.n, 5_000);
  assert.equal(entries[0]?.n, 5_001 - entries.length);
});

test('few large entries are bounded too', () => {
  const { entries } = filled(20, 'x'.repeat(1_000_000));
  assert.ok(entries.length >= 1 && entries.length <= 4);
});

test('what comes during a pause is counted and not kept', () => {
  const log = filled(1);
  log.pause(true);
  log.add(chat, 'client', { kind: 'message', data: 'later' });
  assert.deepEqual([log.entries.length, log.missed], [1, 1]);
  log.pause(false);
  log.add(chat, 'client', { kind: 'message', data: 'and on' });
  assert.deepEqual([log.entries.length, log.missed], [2, 0]);
});

test('clearing leaves nothing, and numbers go on', () => {
  const log = filled(3);
  log.clear();
  assert.equal(log.entries.length, 0);
  log.add(chat, 'client', { kind: 'message', data: 'x' });
  assert.equal(log.entries[0]?.n, 4);
});

test('a filter chooses by protocol, direction and text', () => {
  const log = new FrameLog(() => 0);
  log.add(chat, 'client', { kind: 'message', data: 'SEND\ndestination:/app/chat\n\n{}\0' });
  log.add(chat, 'server', { kind: 'message', data: 'RECEIPT\nreceipt-id:r-1\n\n\0' });
  log.add(prices, 'server', { kind: 'event', type: 'market-tick', data: '{"symbol":"BTC-USD"}', id: 'e:1' });
  const kinds = (filter: Partial<typeof everything>): string[] =>
    filtered(log.entries, { ...everything, ...filter }).map(({ summary }) => summary.kind);
  assert.deepEqual(kinds({}), ['SEND', 'RECEIPT', 'market-tick']);
  assert.deepEqual(kinds({ protocol: 'sse' }), ['market-tick']);
  assert.deepEqual(kinds({ from: 'client' }), ['SEND']);
  assert.deepEqual(kinds({ text: ' btc-usd' }), ['market-tick']);
  assert.deepEqual(kinds({ text: '/app/CHAT' }), ['SEND']);
});
