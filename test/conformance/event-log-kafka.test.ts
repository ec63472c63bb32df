import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import { systemClock } from '../../server/clock.ts';
import { openKafkaEventLog } from '../../server/engines/kafka/event-log.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { testKafka } from '../support/engines/kafka.ts';
import { eventLogConformance } from './event-log.ts';

const kafka = testKafka();
after(async () => (await kafka).stop());

const patience = { clock: systemClock, log: recordingLog().log, random: Math.random };

eventLogConformance('Kafka', async () => {
  const { brokers } = await kafka;
  const topic = `events-${randomUUID()}`;
  return {
    isShared: true,
    open: () => openKafkaEventLog({ ...patience, brokers, topic }),
    remove: async () => undefined,
  };
});

test('Kafka: any program may write events; what is no JSON object is counted and left out', async () => {
  const { brokers } = await kafka;
  const topic = `events-${randomUUID()}`;
  const log = await openKafkaEventLog({ ...patience, brokers, topic });
  const producer = new Producer({ clientId: 'other', bootstrapBrokers: [...brokers] });
  try {
    const values = ['{"a":1}', 'no json', '[1]', 'null', `{"fill":"${'x'.repeat(70_000)}"}`, '{"b":2}'];
    await producer.send({ messages: values.map((value) => ({ topic, partition: 0, value: Buffer.from(value) })) });
    const got: unknown[] = [];
    const passed: number[] = [];
    log.follow(0, {
      records: (batch) => void got.push(...batch),
      passed: (next) => void passed.push(next),
      reachable: () => undefined,
    });
    while (got.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(got, [
      { offset: 0, id: undefined, json: '{"a":1}' },
      { offset: 5, id: undefined, json: '{"b":2}' },
    ]);
    assert.equal(log.strange, 4);
  } finally {
    await producer.close();
    await log.close();
  }
});

test('Kafka: a topic of several partitions is refused, as it has no one order', async () => {
  const { brokers } = await kafka;
  const topic = `events-${randomUUID()}`;
  const admin = new Admin({ clientId: 'other', bootstrapBrokers: [...brokers] });
  await admin.createTopics({ topics: [topic], partitions: 2 });
  await admin.close();
  await assert.rejects(openKafkaEventLog({ ...patience, brokers, topic }), /has 2 partitions/);
});
