import type { Admin, ClusterTopicMetadata } from '@platformatic/kafka';
import { codesOf, reasonOf } from './trouble.ts';

export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  /** Kafka's own settings of a topic, for the one that is created. */
  readonly configs: Readonly<Record<string, string>>;
  /** What a user needs of it, in the words of who grants it. */
  readonly rights?: string;
}

/**
 * The topic as the cluster knows it; `undefined` where there is none. Rejects while one of its partitions has no leader:
 * right after it was created, or while a broker is away.
 */
export async function findTopic(admin: Admin, topic: string): Promise<ClusterTopicMetadata | undefined> {
  try {
    const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true });
    return topics.get(topic);
  } catch (error) {
    // The library makes a sentence of Kafka's UNKNOWN_TOPIC_OR_PARTITION and drops the code.
    if (reasonOf(error).startsWith('Unknown topic')) return undefined;
    throw error;
  }
}

/** Creates the topic where it is missing. Resolves to undefined where it was: it takes a moment until it is known. */
export async function findOrCreateTopic(admin: Admin, plan: TopicPlan): Promise<ClusterTopicMetadata | undefined> {
  const found = await findTopic(admin, plan.topic);
  if (found !== undefined) return found;
  const configs = Object.entries(plan.configs).map(([name, value]) => ({ name, value }));
  try {
    await admin.createTopics({ topics: [plan.topic], partitions: plan.partitions, configs });
  } catch (error) {
    // Another instance was quicker.
    if (!codesOf(error).includes('TOPIC_ALREADY_EXISTS')) throw error;
  }
  return undefined;
}
