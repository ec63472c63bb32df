/**
 * `npm run test:faults`: brings every fault upon a whole system on real engines and prints what came of it. Arguments:
 * how many rounds (default 1), and a part of the names of the faults to try (default all). Exit code 1 where a promise
 * was broken.
 */
import { allFaults, type Fault } from './faults.ts';
import { System } from './system.ts';
import { brokenPromise, cells, HEAD, line, tryFault } from './trial.ts';

const [rounds = '1', part = ''] = process.argv.slice(2);
const CROWD = { chatUsers: 300, streamReaders: 100, messagesPerSecond: 200 };
const FREEZE = 10_000;
const faults = allFaults(FREEZE).filter(({ name }) => name.includes(part));
if (!(Number(rounds) > 0) || faults.length === 0) {
  console.error('usage: npm run test:faults [rounds] [part of the name of a fault]');
  process.exit(1);
}

const broken: string[] = [];
const system = await System.start({ apps: 3, feeds: 2, ticksPerSecond: 500 });
try {
  for (let round = 1; round <= Number(rounds); round++) {
    console.log(`\nround ${round}: 3 instances, 2 feeds, 300 chat clients, 100 streams, 200 messages/s, 500 ticks/s`);
    console.log(line(HEAD));
    for (const fault of faults) {
      const trouble = await report(fault);
      if (trouble !== undefined) broken.push(`round ${round}, ${fault.name}: ${trouble}`);
    }
  }
} finally {
  await system.stop();
}
console.log(`\n${broken.join('\n') || 'nothing lost, no ghosts, nothing twice, one order; another feed within 10 s'}`);
process.exit(broken.length === 0 ? 0 : 1);

/** Tries a fault and prints its line; where it was not as promised also what the instances said. Resolves to what was not. */
async function report(fault: Fault): Promise<string | undefined> {
  const before = new Set(system.said);
  const trouble = await attempt(fault);
  if (trouble !== undefined) for (const said of system.said) if (!before.has(said)) console.log(`    ${said}`);
  return trouble;
}

async function attempt(fault: Fault): Promise<string | undefined> {
  try {
    const outcome = await tryFault(system, fault, CROWD);
    console.log(line(cells(outcome)));
    return brokenPromise(outcome, fault);
  } catch (error) {
    console.log(`${fault.name}: ${error instanceof Error ? error.message : String(error)}`);
    return 'could not be tried to its end';
  }
}
