import { Admin, createTopicsV7 } from '@platformatic/kafka';
import type { Clock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import { clientOptions, type KafkaConnection, REPLICA_TIMEOUT } from '../engines/kafka/connection.ts';
import { missingRights } from '../engines/kafka/rights.ts';
import { findTopic } from '../engines/kafka/topic.ts';
import { codesOf, reasonOf, refusalOf } from '../engines/kafka/trouble.ts';
import type { Check } from './check.ts';
import type { Say } from './finding.ts';
import { checkFeedTopic, checkTickTopic } from './kafka-topic.ts';

/** Of the ticks. */
const PARTITIONS = 3;
/** What is said of a topic while it is being made: not all know it yet, or who leads it. */
const IN_THE_MAKING = ['TOPIC_ALREADY_EXISTS', 'LEADER_NOT_AVAILABLE'];
/** How often it is looked at again then, and after how long, in milliseconds. */
const TRIES = 5;
const PAUSE = 200;
/** The broker chooses the number of replicas. */
const ITS_DEFAULT = -1;

/** Whether Kafka can be used by this machine, and its topics are as ticks need them. Creates nothing. */
export function kafkaCheck(settings: Settings, clock: Clock): Check {
  const connection = connectionOf(settings);
  const { brokers } = connection;
  return {
    what: 'Kafka',
    async run(say, signal) {
      const admin = new Admin(clientOptions(connection));
      signal.addEventListener('abort', () => void admin.close().catch(() => undefined));
      const ticks = `${settings.KAFKA_PREFIX}market-ticks`;
      const inWords = (error: unknown, topic: string): string =>
        refusalOf(error, { brokers, topic }) ??
        `no answer from ${brokers.join(', ')} (${reasonOf(error)}): start it, or correct KAFKA_BROKERS`;
      if (!(await checkBrokers(say, admin, (error) => inWords(error, ticks)))) return;
      const feed = `${settings.KAFKA_PREFIX}market-feed`;
      for (const [topic, partitions, look] of [
        [ticks, PARTITIONS, checkTickTopic],
        [feed, 1, checkFeedTopic],
      ] as const) {
        try {
          await settled(clock, async () => {
            const found = await findTopic(admin, topic);
            if (found === undefined) await checkCreation(say, admin, topic, partitions);
            else {
              await look(say, admin, topic, found);
              if (topic === ticks) await checkRights(say, admin, topic, settings.ROLE);
            }
          });
        } catch (error) {
          say('fail', `Kafka topic ${topic}`, inWords(error, topic));
        }
      }
    },
  };
}

function connectionOf(settings: Settings): KafkaConnection {
  const { KAFKA_BROKERS: brokers, KAFKA_SASL: mechanism } = settings;
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = settings;
  return {
    brokers,
    ...(settings.KAFKA_TLS === 'on' && { tls: {} }),
    ...(mechanism !== 'off' && { sasl: { mechanism, username, password } }),
  };
}

/** Whether each broker can be reached under the name that the cluster gives it, which need not be the one in our settings. */
async function checkBrokers(say: Say, admin: Admin, inWords: (error: unknown) => string): Promise<boolean> {
  let names: string[];
  try {
    const { brokers } = await admin.metadata({ topics: [] });
    names = [...brokers.values()].map(({ host, port }) => `${host}:${port}`);
  } catch (error) {
    say('fail', 'Kafka', `cannot be used: ${inWords(error)}`);
    return false;
  }
  if (names.length === 0) {
    say(
      'fail',
      'Kafka',
      'answers, but says that none of its brokers is alive: wait until it has started, or read its log',
    );
    return false;
  }
  try {
    await admin.connectToBrokers();
  } catch (error) {
    const advice = 'correct advertised.listeners there, or open the way to it';
    say(
      'fail',
      'Kafka',
      `the cluster says its brokers are ${names.join(', ')}, and not all answer: ${advice} (${reasonOf(error)})`,
    );
    return false;
  }
  say('ok', 'Kafka', `${names.join(', ')} ${names.length > 1 ? 'answer' : 'answers'}`);
  return true;
}

/** Whether the user may read the topic, and write to it where this role does. */
async function checkRights(say: Say, admin: Admin, topic: string, role: Settings['ROLE']): Promise<void> {
  const what = `Kafka rights of ${topic}`;
  const [connection] = (await admin.connectToBrokers()).values();
  if (connection === undefined) throw new Error('the cluster names no brokers');
  const missing = await missingRights(connection, topic, role === 'app' ? ['Read'] : ['Read', 'Write']);
  if (missing.length > 0) say('fail', what, `the user lacks ${missing.join(' and ')}: grant it`);
  else say('ok', what, role === 'app' ? 'the user may read it' : 'the user may read and write it');
}

/** Lets Kafka say whether it would create the topic. */
async function checkCreation(say: Say, admin: Admin, topic: string, partitions: number): Promise<void> {
  const [connection] = (await admin.connectToBrokers()).values();
  if (connection === undefined) throw new Error('the cluster names no brokers');
  const wanted = {
    name: topic,
    numPartitions: partitions,
    replicationFactor: ITS_DEFAULT,
    assignments: [],
    configs: [],
  };
  await createTopicsV7.api.async(connection, [wanted], REPLICA_TIMEOUT, true);
  const count = partitions === 1 ? '1 partition' : `${partitions} partitions`;
  say('ok', `Kafka topic ${topic}`, `is not there yet; the first start makes it, with ${count}`);
}

/** Looks again where the topic is just being made, by a server that starts. */
async function settled(clock: Clock, look: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (tries === TRIES || !codesOf(error).some((code) => IN_THE_MAKING.includes(code))) throw error;
    }
    await new Promise<void>((resolve) => void clock.after(PAUSE, resolve));
  }
}
