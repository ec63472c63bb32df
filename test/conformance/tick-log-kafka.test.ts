import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { systemClock } from '../../server/clock.ts';
import { openKafkaTickLog } from '../../server/engines/kafka/tick-log.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { testKafka } from '../support/engines/kafka.ts';
import { tickLogConformance } from './tick-log.ts';

const kafka = testKafka();
after(async () => (await kafka).stop());

tickLogConformance('Kafka', async () => {
  const { brokers } = await kafka;
  const topic = `ticks-${randomUUID()}`;
  const patience = { clock: systemClock, log: recordingLog().log, random: Math.random };
  return { log: await openKafkaTickLog({ ...patience, brokers, topic }), remove: async () => undefined };
});
