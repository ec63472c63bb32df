import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { openKafkaTickLog } from '../../../server/engines/kafka/tick-log.ts';
import { testKafka } from '../../support/engines/kafka.ts';
import { ownTopic, Reader, ticks } from './ticks.ts';

const kafka = testKafka();
after(async () => (await kafka).stop());

const tick = { symbol: 'BTC-USD', price: 1, size: 1, change: 0, time: 1 };

/** Texts of records that are no ticks. */
const strange = [
  '',
  'not JSON',
  '{"symbol":',
  'null',
  '7',
  '[]',
  '{}',
  JSON.stringify({ ...tick, symbol: 7 }),
  JSON.stringify({ ...tick, symbol: '' }),
  JSON.stringify({ ...tick, symbol: 'X'.repeat(65) }),
  JSON.stringify({ ...tick, price: '1' }),
  JSON.stringify({ ...tick, price: null }),
  JSON.stringify({ ...tick, side: 'both' }),
  JSON.stringify({ ...tick, time: 1.5 }),
  JSON.stringify({ ...tick, time: -1 }),
  JSON.stringify({ ...tick, note: 'X'.repeat(900_000) }),
  '\ufffd\0',
];

test('strange records are left out and counted, and the ticks around them keep their offsets', async () => {
  const { brokers } = await kafka;
  const options = { ...ownTopic(), brokers };
  const log = await openKafkaTickLog(options);
  const producer = new Producer({ clientId: 'stranger', bootstrapBrokers: [...brokers] });
  const put = async (value: Buffer | undefined): Promise<void> => {
    const message = { topic: options.topic, partition: 1, ...(value && { value }) };
    await producer.send({ messages: [message] });
  };
  try {
    const reader = new Reader();
    log.follow([0, 0, 0], reader);
    await put(Buffer.from(JSON.stringify(tick)));
    for (const text of strange) await put(Buffer.from(text));
    await put(Buffer.from(JSON.stringify({ ...tick, size: 2, extra: true })));
    await put(Buffer.from([0xff, 0xfe]));
    await put(undefined);
    const last = strange.length + 3;
    await reader.until(() => reader.passes.some(([partition, next]) => partition === 1 && next === last + 1));
    const got = reader.got.map(({ partition, offset, tick: each }) => ({ partition, offset, tick: each }));
    assert.deepEqual(got, [
      { partition: 1, offset: 0, tick },
      { partition: 1, offset: strange.length + 1, tick: { ...tick, size: 2 } },
    ]);
    assert.equal(log.strange, strange.length + 2);
    assert.deepEqual(await log.read(1, 0, last + 1), reader.got);
    assert.deepEqual(await log.read(1, 1, strange.length), []);
    await log.append(ticks(0, 7));
    await reader.until(() => reader.got.length === 9);
    assert.deepEqual(reader.states, [true]);
  } finally {
    await producer.close();
    await log.close();
  }
});
