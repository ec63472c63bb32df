/**
 * `npm run test:upgrade`: upgrades three instances one by one under load, on real engines, and prints what the clients noticed.
 * Arguments: how many clients (default 5,000, four of five on the chat), messages a second (default 10), ticks a second (20).
 */
import { System } from './system.ts';
import { cells, HEAD, isClean, line, tryFault } from './trial.ts';
import { rollingUpgrade } from './upgrade.ts';

const [clients = 5_000, messagesPerSecond = 10, ticksPerSecond = 20] = process.argv.slice(2).map(Number);
const chatUsers = Math.round(clients * 0.8);
const crowd = { chatUsers, streamReaders: clients - chatUsers, messagesPerSecond };

const system = await System.start({ apps: 3, feeds: 2, ticksPerSecond });
let clean = false;
try {
  console.log(`3 instances, 2 feeds, ${chatUsers} chat clients, ${clients - chatUsers} streams,`);
  console.log(`${messagesPerSecond} messages/s, ${ticksPerSecond} ticks/s\n`);
  console.log(line(HEAD));
  const { fault, notice } = rollingUpgrade();
  const outcome = await tryFault(system, fault, crowd);
  console.log(line(cells(outcome)));
  clean = isClean(outcome);
  console.log(`\neach stop took ${notice.stops.map(({ seconds }) => `${seconds.toFixed(1)} s`).join(', ')}`);
  console.log(`${notice.returns} returns, at most ${notice.mostInASecond} within a second`);
  console.log(`the longest that a client was away: ${(notice.longest / 1_000).toFixed(1)} s`);
} finally {
  await system.stop();
}
console.log(clean ? '\nnothing lost, no ghosts, nothing twice, one order' : '\nnot all is as promised');
process.exit(clean ? 0 : 1);
