/**
 * `npm run test:floods`: brings one flood after the other upon a server with its defaults (and with a setting where a flood is
 * for what it turns on), and prints what a well-behaved client beside it noticed, and what the server's memory did. Options:
 * `--seconds` of each flood (default 60), `--size` (default 1; less is a part of the numbers), `--only` a part of the names of
 * the floods; more than once for more of them.
 */
import { parseArgs } from 'node:util';
import { floods } from './floods.ts';
import { cells, HEAD, line } from './table.ts';
import { Trials } from './trials.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    size: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [''] },
  },
});
const seconds = Number(values.seconds);
const QUIET = Math.min(seconds, 3);

const trials = new Trials();
let harmless = true;
try {
  console.log(line(HEAD));
  console.log(line(HEAD.map(() => '---')));
  for (const flood of floods.filter(({ name }) => values.only.some((part) => name.includes(part)))) {
    const trial = await trials.of(flood);
    const outcome = await trial.flood(flood, seconds, Number(values.size), await trial.quiet(QUIET));
    console.log(line(cells(outcome)));
    for (const complaint of outcome.complaints.slice(0, 5)) console.log(`    ${complaint}`);
    harmless &&= outcome.complaints.length === 0;
  }
} finally {
  await trials.end();
}
console.log(harmless ? '\nthe well-behaved clients lost nothing' : '\nthe well-behaved clients were harmed');
process.exit(harmless ? 0 : 1);
