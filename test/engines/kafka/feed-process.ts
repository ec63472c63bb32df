/**
 * A feed as a process of its own, to be killed and frozen: `node feed-process.ts <brokers> <topic> <group> <number>`. While
 * it leads it appends a tick after the other, whose price is its number and whose size counts up; it writes what it is told.
 */
import { systemClock } from '../../../server/clock.ts';
import { openKafkaLeadership } from '../../../server/engines/kafka/leadership.ts';
import { openKafkaTickLog } from '../../../server/engines/kafka/tick-log.ts';
import type { Tick } from '../../../server/engines/tick-log.ts';

const [brokers = '', topic = '', group = '', number = ''] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const options = { brokers: brokers.split(','), clock: systemClock, log: quiet, random: Math.random };

const log = await openKafkaTickLog({ ...options, topic });
const leadership = await openKafkaLeadership({ ...options, topic: `${topic}-feed`, group });
await leadership.start({
  elected: () => console.log('elected'),
  deposed: () => console.log('deposed'),
});
console.log('started');

let size = 0;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const tick: Tick = { symbol: 'BTC-USD', price: Number(number), size: size++, change: 0, time: 1 };
  const batch = [tick];
  let appended = false;
  while (!appended) {
    if (!leadership.isLeader()) break;
    appended = await log.append(batch).then(
      () => true,
      () => false,
    );
    if (!appended) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
