import { type Admin, type ClusterTopicMetadata, ConfigResourceTypes } from '@platformatic/kafka';
import { reasonOf } from '../engines/kafka/trouble.ts';
import type { Say } from './finding.ts';

/** Of the ticks: what the first start makes, and the most that a position can name. */
const PARTITIONS = 3;
const MOST_PARTITIONS = 64;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The topic of the ticks. */
export async function checkTickTopic(
  say: Say,
  admin: Admin,
  topic: string,
  found: ClusterTopicMetadata,
): Promise<void> {
  const what = `Kafka topic ${topic}`;
  const { partitionsCount: count } = found;
  const remake = `delete it and let the next start make it with ${PARTITIONS}`;
  if (count > MOST_PARTITIONS)
    say('fail', what, `has ${count} partitions, and at most ${MOST_PARTITIONS} can be read: ${remake}`);
  else if (count !== PARTITIONS)
    say(
      'warn',
      what,
      `has ${count === 1 ? '1 partition' : `${count} partitions`} and should have ${PARTITIONS}: ${remake}`,
    );
  else say('ok', what, `has ${count} partitions`);
  checkReplicas(say, topic, found);
  await checkKeeping(say, admin, topic);
}

/** The topic by which the feeds agree on the active one. */
export async function checkFeedTopic(say: Say, _: Admin, topic: string, found: ClusterTopicMetadata): Promise<void> {
  const what = `Kafka topic ${topic}`;
  if (found.partitionsCount === 1) say('ok', what, 'has 1 partition');
  else
    say(
      'fail',
      what,
      `has ${found.partitionsCount} partitions, so that several feeds would be active: delete it, and the next start makes it with 1`,
    );
}

function checkReplicas(say: Say, topic: string, { partitions }: ClusterTopicMetadata): void {
  const what = `Kafka replicas of ${topic}`;
  const fewest = Math.min(...partitions.map(({ replicas }) => replicas.length));
  const behind = partitions.filter(({ replicas, isr }) => isr.length < replicas.length).length;
  if (behind > 0)
    say('warn', what, `${behind} of its partitions lack a replica: a broker is away or behind, look at it`);
  else if (fewest === 1)
    say(
      'warn',
      what,
      'each tick lies on one broker only, and prices stop when that one does: use 3 brokers and replicas',
    );
  else say('ok', what, `${fewest} of each partition, all up to date`);
}

/** How long ticks are kept, and that Kafka takes none out of the middle. */
async function checkKeeping(say: Say, admin: Admin, topic: string): Promise<void> {
  const what = `Kafka retention of ${topic}`;
  let configs: ReadonlyMap<string, string | null>;
  try {
    configs = await configsOf(admin, topic);
  } catch (error) {
    const right = 'grant DescribeConfigs on it, or look yourself';
    say('warn', what, `cleanup.policy and retention.ms cannot be read (${reasonOf(error)}): ${right}`);
    return;
  }
  const policy = configs.get('cleanup.policy') ?? '';
  const kept = Number(configs.get('retention.ms'));
  if (policy.includes('compact'))
    say('fail', what, `cleanup.policy is ${policy}, which takes out ticks that readers still need: set it to delete`);
  else if (kept >= 0 && kept < DAY)
    say(
      'warn',
      what,
      `ticks are kept for ${inWords(kept)} only: charts go back no further after a restart; set retention.ms to ${DAY}`,
    );
  else say('ok', what, kept < 0 ? 'ticks are kept for ever: watch the disk' : `ticks are kept for ${inWords(kept)}`);
}

async function configsOf(admin: Admin, topic: string): Promise<ReadonlyMap<string, string | null>> {
  const configurationKeys = ['cleanup.policy', 'retention.ms'];
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys };
  const [described] = await admin.describeConfigs({ resources: [resource] });
  // The library's type says string | undefined | null of what the protocol calls a nullable string.
  return new Map((described?.configs ?? []).map(({ name, value }) => [name, value ?? null]));
}

function inWords(ms: number): string {
  return ms < HOUR ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / HOUR)} hours`;
}
