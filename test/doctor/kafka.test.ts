import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';
import { systemClock } from '../../server/clock.ts';
import type { Settings } from '../../server/config/settings.ts';
import { kafkaCheck } from '../../server/doctor/kafka.ts';
import { openKafkaTickLog } from '../../server/engines/kafka/tick-log.ts';
import { findOrCreateTopic, type TopicPlan } from '../../server/engines/kafka/topic.ts';
import { reasonOf } from '../../server/engines/kafka/trouble.ts';
import { KafkaServer } from '../support/engines/kafka.ts';
import { freePort } from '../support/free-port.ts';
import { testSettings } from '../support/test-app.ts';
import { Diagnosis } from './diagnose.ts';
import { portRewriter } from './port-rewriter.ts';

const server = await KafkaServer.start({ username: 'guest', password: 'secret' });
const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...server.brokers] });
after(async () => {
  await admin.close();
  await server.stop();
});

let made = 0;
const newPrefix = (): string => `t${made++}-`;

function diagnose(KAFKA_PREFIX: string, changes: Partial<Settings> = {}): Promise<Diagnosis> {
  return Diagnosis.of(
    kafkaCheck(testSettings({ KAFKA_BROKERS: server.brokers, KAFKA_PREFIX, ...changes }), systemClock),
  );
}

/**
 * Makes a topic of this test alone; resolves once it has leaders. A busy Kafka may make one and say so too late: the library asks
 * again then, and is told that there is one.
 */
async function makeTopic(topic: string, partitions: number, configs: TopicPlan['configs'] = {}): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = await findOrCreateTopic(admin, { topic, partitions, configs }).catch((error) => {
      if (reasonOf(error).includes('leader')) return undefined;
      throw error;
    });
    if (found !== undefined) return;
    await setTimeout(50);
  }
  assert.fail(`${topic} has no leader`);
}

/** Looks at a topic of ticks, made like this. */
async function diagnoseTopic(partitions: number, configs: TopicPlan['configs'] = {}): Promise<string> {
  const prefix = newPrefix();
  await makeTopic(`${prefix}market-ticks`, partitions, configs);
  return (await diagnose(prefix)).lines.join('\n');
}

test('topics that are not there may be made, and are not made by looking', async () => {
  const prefix = newPrefix();
  for (const found of [await diagnose(prefix), await diagnose(prefix)]) {
    assert.deepEqual(found.complaints, []);
    assert.match(found.about(`Kafka topic ${prefix}market-ticks`), /^ok.*first start makes it, with 3 partitions/);
    assert.match(found.about(`Kafka topic ${prefix}market-feed`), /^ok.*with 1 partition$/);
  }
});

test('the topic that a server made is in order, but for the only replica that one broker can have', async () => {
  const prefix = newPrefix();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const topic = `${prefix}market-ticks`;
  const ticks = await openKafkaTickLog({
    brokers: server.brokers,
    topic,
    log,
    clock: systemClock,
    random: Math.random,
  });
  await ticks.close();
  const found = await diagnose(prefix);
  assert.match(found.about(`Kafka topic ${topic}`), /^ok.*has 3 partitions/);
  assert.match(found.about(`Kafka retention of ${topic}`), /^ok.*24 hours/);
  assert.deepEqual(found.complaints, [found.about(`Kafka replicas of ${topic}`)]);
  assert.equal(found.healthy, true);
});

test('a topic with 1 partition is warned of', async () => {
  assert.match(await diagnoseTopic(1), /warn {2}Kafka topic.*has 1 partition and should have 3/);
});

test('a topic with more partitions than can be read fails', async () => {
  assert.match(await diagnoseTopic(65), /fail {2}Kafka topic.*has 65 partitions/);
});

test('a compacted topic fails', async () => {
  assert.match(await diagnoseTopic(3, { 'cleanup.policy': 'compact' }), /fail {2}Kafka retention.*set it to delete/);
});

test('a topic that forgets soon is warned of', async () => {
  assert.match(await diagnoseTopic(3, { 'retention.ms': '600000' }), /warn {2}Kafka retention.*for 10 minutes only/);
});

test('a topic of the feeds with 2 partitions fails', async () => {
  const prefix = newPrefix();
  await makeTopic(`${prefix}market-feed`, 2);
  const found = await diagnose(prefix);
  assert.match(found.about(`Kafka topic ${prefix}market-feed`), /^fail.*several feeds would be active/);
});

test('a port where nothing listens fails', async () => {
  const found = await diagnose('x-', { KAFKA_BROKERS: [`127.0.0.1:${await freePort()}`] });
  assert.match(found.about('Kafka'), /^fail.*start it, or correct KAFKA_BROKERS/);
});

test('brokers that name themselves by an address that does not answer fail, and that address is told', async () => {
  const nowhere = await freePort();
  const rewriter = await portRewriter(Number(server.brokers[0]?.split(':')[1]), nowhere);
  try {
    const found = await diagnose('x-', { KAFKA_BROKERS: [`127.0.0.1:${rewriter.port}`] });
    assert.match(found.about('Kafka'), new RegExp(`^fail.*127\\.0\\.0\\.1:${nowhere}.*advertised\\.listeners`));
  } finally {
    rewriter.close();
  }
});

const asGuest = (KAFKA_PASSWORD: string): Partial<Settings> => ({
  KAFKA_BROKERS: server.userBrokers,
  KAFKA_SASL: 'PLAIN',
  KAFKA_USERNAME: 'guest',
  KAFKA_PASSWORD,
});

test('a wrong password fails, and is not repeated', async () => {
  const found = await diagnose('x-', asGuest('geheim'));
  assert.match(found.about('Kafka'), /^fail.*refuses the user name or the password/);
  assert.doesNotMatch(found.lines.join('\n'), /geheim/);
});

test('a user without rights to the topic fails, and is told which to get', async () => {
  const found = await diagnose('x-', asGuest('secret'));
  assert.match(found.about('Kafka topic x-market-ticks'), /^fail.*grant Describe, Read and Write/);
});

test('rights that are missing to a topic that is there are named, as the role needs them', async () => {
  const prefix = newPrefix();
  const topic = `${prefix}market-ticks`;
  await makeTopic(topic, 3);
  const grant = (...operations: (typeof AclOperations)[keyof typeof AclOperations][]): Promise<void> => {
    const who = { principal: 'User:guest', host: '*', permissionType: AclPermissionTypes.ALLOW };
    const what = { resourceType: ResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.LITERAL };
    const creations = operations.map((operation) => ({ ...who, ...what, resourceName: topic, operation }));
    return admin.createAcls({ creations });
  };
  /** What is said of them, once what was granted has come to the broker. */
  const rights = async (ROLE: Settings['ROLE'], said: RegExp): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const text = (await diagnose(prefix, { ...asGuest('secret'), ROLE })).about(`Kafka rights of ${topic}`);
      if (said.test(text)) return;
      if (tries === 50) assert.match(text, said);
      await setTimeout(50);
    }
  };
  await grant(AclOperations.DESCRIBE, AclOperations.DESCRIBE_CONFIGS);
  await rights('all', /^fail.*lacks Read and Write: grant it/);
  await grant(AclOperations.READ);
  await rights('app', /^ok.*may read it/);
  await rights('feed', /^fail.*lacks Write: grant it/);
  await grant(AclOperations.WRITE);
  await rights('feed', /^ok.*may read and write it/);
});

// The last of all: the broker's controller gives it up while it hangs, and takes it back some time after it wakes.
test('a broker that hangs fails within the limit', async () => {
  server.freeze();
  try {
    // What is on its way while it freezes may still be answered.
    assert.match((await Diagnosis.ofIll(() => diagnose('x-'))).about('Kafka'), /^fail/m);
  } finally {
    server.thaw();
  }
});
