/**
 * `npm run test:fuzz`: feeds every parser with hostile input and prints what came of it. Options: `--count` of all inputs
 * (default 1,000,000), `--seed` (default a new one), `--only` a part of the names of the fuzzers to run.
 */
import { parseArgs } from 'node:util';
import { fuzzers, MOST_GROWTH, runAll } from './fuzzers.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: `${Math.floor(Math.random() * 2 ** 31)}` },
    only: { type: 'string', default: '' },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const chosen = fuzzers.filter(({ name }) => name.includes(values.only));

console.log(`${count.toLocaleString('en')} inputs, seed ${seed}`);
const cells = (all: readonly (string | number)[]): string => `| ${all.join(' | ')} |`;
console.log(cells(['fuzzer', 'inputs', 's', 'memory, MB', 'refused']));
console.log(cells(['---', '---', '---', '---', '---']));
let total = 0;
let grown = false;
for await (const { name, outcome, seconds } of runAll(chosen, count, seed)) {
  const { inputs, refusals, memoryGrowth } = outcome;
  total += inputs;
  grown ||= memoryGrowth > MOST_GROWTH;
  const kinds = Object.entries(refusals).map(([kind, times]) => `${kind} ${times.toLocaleString('en')}`);
  const growth = (memoryGrowth / 1_048_576).toFixed(1);
  console.log(cells([name, inputs.toLocaleString('en'), seconds.toFixed(1), growth, kinds.join(', ')]));
}
console.log(`${total.toLocaleString('en')} inputs, ${grown ? 'but the memory grew' : 'all answered as they must be'}`);
process.exit(grown ? 1 : 0);
