import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { openKafkaLeadership } from '../../server/engines/kafka/leadership.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { testKafka } from '../support/engines/kafka.ts';
import { leadershipConformance } from './leadership.ts';

const kafka = testKafka();
after(async () => (await kafka).stop());

leadershipConformance('Kafka', async () => {
  const { brokers } = await kafka;
  const own = { topic: `feed-${randomUUID()}`, group: `feed-${randomUUID()}` };
  const patience = { clock: systemClock, log: recordingLog().log, random: Math.random };
  return { join: () => openKafkaLeadership({ ...patience, ...own, brokers }), remove: async () => undefined };
});
