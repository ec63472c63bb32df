import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marketTopic } from '../../server/destinations/market.ts';
import { Refusal } from '../../server/errors.ts';
import type { MarketEvent } from '../../server/market/event.ts';
import { ManualTickLog } from '../market/manual-tick-log.ts';
import { instance, tick } from '../market/world.ts';
import { ManualClock } from '../support/manual-clock.ts';

async function setting() {
  const log = new ManualTickLog();
  const { market } = await instance(new ManualClock(), log);
  log.shared.add(0, tick('A', 1));
  log.shared.add(2, tick('B', 2));
  log.deliverAll();
  const topic = marketTopic(market);
  const show = (event: MarketEvent | undefined) => {
    const message = event && topic.message(event, 0);
    return message && { ...message, body: JSON.parse(Buffer.from(message.body).toString()) };
  };
  return { market, topic, show };
}

test('a tick is a message with its position as id', async () => {
  const { topic, show } = await setting();
  assert.deepEqual(show(topic.stream.at(1)), { id: 'log:1,0,1', headers: [['event', 'tick']], body: tick('B', 2) });
});

test('a subscription without a position begins with a snapshot', async () => {
  const { topic, show } = await setting();
  const start = await topic.start(undefined);
  assert.equal(start.next, 2);
  assert.deepEqual(start.before?.map(show), [
    { id: 'log:1,0,1', headers: [['event', 'snapshot']], body: { ticks: [tick('A', 1), tick('B', 2)] } },
  ]);
});

test('after a message-id come the ticks that follow it', async () => {
  const { topic } = await setting();
  assert.deepEqual(await topic.start('log:1,0,0'), { next: 1, before: [] });
});

test('a position of another epoch begins with a snapshot', async () => {
  const { topic } = await setting();
  assert.equal((await topic.start('other:1,0,0')).before?.[0]?.kind, 'snapshot');
});

test('a header after that is no position is refused, naming it', async () => {
  const { topic } = await setting();
  const refusal = new Refusal('invalid-parameter', 'The header after must be the message-id of an earlier message.');
  assert.throws(() => topic.start('5'), refusal);
  assert.throws(() => topic.start(''), refusal);
});

test('a batch of an interval is nothing for STOMP', async () => {
  const { show } = await setting();
  assert.equal(show({ kind: 'batch', ticks: [], vector: [0, 0, 0] }), undefined);
});
