import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  AclOperations,
  type AclOperationValue,
  AclPermissionTypes,
  type AclPermissionTypeValue,
  Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import { openKafkaLeadership } from '../../../server/engines/kafka/leadership.ts';
import { TooLate } from '../../../server/engines/kafka/patience.ts';
import {
  type KafkaTickLog,
  type KafkaTickLogOptions,
  openKafkaTickLog,
} from '../../../server/engines/kafka/tick-log.ts';
import { recordingLog } from '../../chat/recording-log.ts';
import { KafkaServer } from '../../support/engines/kafka.ts';
import { ownTopic, Reader, ticks } from './ticks.ts';

const user = { username: 'ann', password: 'secret-word' };
const sasl = { mechanism: 'PLAIN', ...user } as const;
const started = KafkaServer.start(user);
after(async () => (await started).stop());

async function refusal(opening: Promise<unknown>): Promise<string> {
  try {
    await opening;
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(!error.message.includes(user.password), 'a password is nobody’s to read');
    return error.message;
  }
  throw new Error('it opened');
}

/** Opens as soon as the rights that were granted have come to the broker. */
async function opened(options: KafkaTickLogOptions): Promise<KafkaTickLog> {
  for (let tries = 1; ; tries++) {
    try {
      return await openKafkaTickLog(options);
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test('it waits for a broker that starts later, and says what it waits for', async () => {
  const kafka = await KafkaServer.prepare();
  try {
    const { log, lines } = recordingLog();
    const opening = openKafkaTickLog({ ...ownTopic(), log, brokers: kafka.brokers });
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await kafka.run();
    const opened = await opening;
    assert.equal(opened.up, true);
    assert.deepEqual(new Set(lines.map(({ text }) => text)), new Set([`waiting for Kafka at ${kafka.brokers[0]}`]));
    await opened.close();
  } finally {
    await kafka.stop();
  }
});

test('the topic is made once, with 3 partitions, also when several open at the same time', async () => {
  const { brokers } = await started;
  const options = { ...ownTopic(), brokers };
  const logs = await Promise.all([1, 2, 3].map(() => openKafkaTickLog(options)));
  const opened = await Promise.all(logs.map((log) => log.open()));
  assert.deepEqual(new Set(opened.map(({ epoch }) => epoch)).size, 1);
  assert.deepEqual(
    opened.map(({ partitions }) => partitions),
    [3, 3, 3],
  );
  await Promise.all(logs.map((log) => log.close()));
});

test('a wrong password is refused with one sentence', async () => {
  const { userBrokers: brokers } = await started;
  const wrong = { ...sasl, password: `not ${user.password}` };
  const says = await refusal(openKafkaTickLog({ ...ownTopic(), brokers, sasl: wrong }));
  assert.match(says, /refuses the user name or the password/);
});

test('a way to log in that the broker does not offer is refused with one sentence', async () => {
  const { brokers, userBrokers } = await started;
  const says = /does not offer this way to log in/;
  assert.match(await refusal(openKafkaTickLog({ ...ownTopic(), brokers, sasl })), says);
  const scram = { ...sasl, mechanism: 'SCRAM-SHA-512' } as const;
  assert.match(await refusal(openKafkaTickLog({ ...ownTopic(), brokers: userBrokers, sasl: scram })), says);
});

for (const [port, says] of [
  ['wants a login', /within 0\.5 s \(Connection closed: perhaps this port wants SASL or TLS/],
  ['speaks no TLS', /within 0\.5 s \(.*: perhaps no TLS is spoken at this port\)/],
] as const) {
  test(`a port that ${port} says nothing, and what may be behind it is said in the end`, async () => {
    const { brokers, userBrokers } = await started;
    const { log, lines } = recordingLog();
    const where = port === 'wants a login' ? { brokers: userBrokers } : { brokers, tls: {} };
    const end = new AbortController();
    const refused = refusal(openKafkaTickLog({ ...ownTopic(), ...where, log, signal: end.signal }));
    // Once an attempt has failed: until then there is nothing to be said of it.
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    end.abort(new TooLate(500));
    const text = await refused;
    assert.match(text, says);
    assert.match(text, /: start it, or correct KAFKA_BROKERS\.$/);
  });
}

test('a user without rights is told which ones are missing', async () => {
  const { brokers, userBrokers } = await started;
  const options = ownTopic();
  const says = await refusal(openKafkaTickLog({ ...options, brokers: userBrokers, sasl }));
  assert.match(says, new RegExp(`topic ${options.topic}: grant Describe, Read and Write`));
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...brokers] });
  await admin.createTopics({ topics: [options.topic], partitions: 1, replicas: 1 });
  const { TOPIC } = ResourceTypes;
  const rule = { resourceType: TOPIC, resourceName: options.topic, resourcePatternType: ResourcePatternTypes.LITERAL };
  const { DESCRIBE } = AclOperations;
  const { ALLOW } = AclPermissionTypes;
  const creations = [
    { ...rule, principal: `User:${user.username}`, host: '*', operation: DESCRIBE, permissionType: ALLOW },
  ];
  await admin.createAcls({ creations });
  await admin.close();
  const leadership = await openKafkaLeadership({ ...options, brokers: userBrokers, sasl, group: 'feeds' });
  const listener = { elected: () => undefined, deposed: () => undefined };
  assert.match(await refusal(leadership.start(listener)), /join the group feeds: grant Read on it/);
  await leadership.close();
});

test('a right that only the first record would miss is asked for at the start', async () => {
  const { brokers, userBrokers } = await started;
  const options = ownTopic();
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...brokers] });
  const grant = async (
    operation: AclOperationValue,
    permissionType: AclPermissionTypeValue = AclPermissionTypes.ALLOW,
  ) => {
    const who = { principal: `User:${user.username}`, host: '*', permissionType };
    const what = { resourceType: ResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.LITERAL };
    await admin.createAcls({ creations: [{ ...who, ...what, resourceName: options.topic, operation }] });
  };
  await (await openKafkaTickLog({ ...options, brokers })).close();
  await grant(AclOperations.DESCRIBE);
  const asUser = { ...options, brokers: userBrokers, sasl };
  assert.match(await refusal(openKafkaTickLog({ ...asUser, appends: false })), /: grant Describe and Read on it/);
  await grant(AclOperations.READ);
  await (await opened({ ...asUser, appends: false })).close();
  assert.match(await refusal(openKafkaTickLog(asUser)), /: grant Describe, Read and Write on it/);
  await grant(AclOperations.WRITE);
  const { log: kept, lines } = recordingLog();
  const log = await opened({ ...asUser, log: kept });
  const reader = new Reader();
  log.follow([0, 0, 0], reader);
  await log.append(ticks(0, 3));
  await reader.until(() => reader.got.length === 3);
  // Taken away later, it is told by the state and by the log.
  await grant(AclOperations.READ, AclPermissionTypes.DENY);
  await reader.until(() => reader.states.at(-1) === false);
  assert.equal(log.up, false);
  assert.match(lines.map(({ text }) => text).join('\n'), /does not let this user read the topic: grant Read on it/);
  await Promise.all([log.close(), admin.close()]);
});

test('after the topic was deleted and made again nothing of the new one passes for the old', async () => {
  const { brokers } = await started;
  const options = { ...ownTopic(), brokers };
  const [old, admin] = [
    await openKafkaTickLog(options),
    new Admin({ clientId: 'test', bootstrapBrokers: [...brokers] }),
  ];
  const opened = [old];
  try {
    const reader = new Reader();
    old.follow([0, 0, 0], reader);
    await old.append(ticks(0, 10));
    await reader.until(() => reader.got.length === 10);
    await admin.deleteTopics({ topics: [options.topic] });
    await reader.until(() => reader.states.at(-1) === false);
    const fresh = await openKafkaTickLog(options);
    opened.push(fresh);
    assert.notEqual((await fresh.open()).epoch, (await old.open()).epoch);
    await fresh.append(ticks(10, 30));
    await assert.rejects(old.append(ticks(40, 1)), /deleted or made again: restart the server/);
    await assert.rejects(old.bounds(), /deleted or made again: restart the server/);
    assert.equal(reader.got.length, 10);
    assert.equal(old.up, false);
    const { next } = await fresh.bounds();
    assert.equal(
      next.reduce((sum, offset) => sum + offset),
      30,
    );
  } finally {
    await Promise.all([...opened.map((log) => log.close()), admin.close()]);
  }
});
