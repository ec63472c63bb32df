/**
 * `npm run test:faults`: brings every fault upon a whole system on real engines and prints what came of it. Arguments:
 * how many rounds (default 1), and a part of the names of the faults to try (default all).
 */
import { allFaults } from './faults.ts';
import { System } from './system.ts';
import { cells, HEAD, isClean, line, tryFault } from './trial.ts';

const [rounds = '1', part = ''] = process.argv.slice(2);
const CROWD = { chatUsers: 300, streamReaders: 100, messagesPerSecond: 200 };
const FREEZE = 10_000;

const system = await System.start({ apps: 3, feeds: 2, ticksPerSecond: 500 });
let clean = true;
try {
  for (let round = 1; round <= Number(rounds); round++) {
    console.log(`\nround ${round}: 3 instances, 2 feeds, 300 chat clients, 100 streams, 200 messages/s, 500 ticks/s`);
    console.log(line(HEAD));
    for (const fault of allFaults(FREEZE).filter(({ name }) => name.includes(part))) {
      const outcome = await tryFault(system, fault, CROWD).catch((error: Error) => {
        console.log(`${fault.name}: ${error.message}`);
        return undefined;
      });
      if (outcome !== undefined) console.log(line(cells(outcome)));
      clean &&= outcome !== undefined && isClean(outcome);
    }
  }
} finally {
  await system.stop();
}
console.log(clean ? '\nnothing lost, no ghosts, nothing twice, one order' : '\nnot all is as promised');
process.exit(clean ? 0 : 1);
