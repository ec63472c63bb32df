/**
 * `npm run test:fuzz`: 1,000,000 frames for each fuzzer, in ten parts, and a look at the memory after each. Arguments: how many
 * frames, a seed to run again what failed, and a part of the name of a fuzzer.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Fuzzer } from './fuzzer.ts';
import { fuzzers } from './fuzzers.ts';

const PARTS = 10;
/** What the heap may grow by from the second part on, in bytes; the first warms up. */
const GROWTH = 16_777_216;

const [frames = '1000000', seed = `${Math.floor(Math.random() * 2 ** 31)}`, name = ''] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

for (const fuzzer of fuzzers) {
  if (!fuzzer.name.includes(name)) continue;
  try {
    await run(fuzzer, Number(frames), Number(seed));
  } catch (error) {
    console.error(error);
    console.error(`${fuzzer.name} failed. Again: npm run test:fuzz -- ${frames} ${seed} '${fuzzer.name}'`);
    process.exit(1);
  }
}

async function run(fuzzer: Fuzzer, count: number, first: number): Promise<void> {
  const start = performance.now();
  const heaps: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    await fuzzer.fuzz(Math.ceil(count / PARTS), first + part);
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }
  const [, warm = 0] = heaps;
  const growth = (heaps.at(-1) ?? 0) - warm;
  if (growth > GROWTH) throw new Error(`the heap grew by ${growth} bytes: ${heaps.join(', ')}`);
  const seconds = ((performance.now() - start) / 1_000).toFixed(0);
  const grown = `heap ${(growth / 1_048_576).toFixed(1)} MiB larger at the end`;
  console.log(`${fuzzer.name}: ${count} frames in ${seconds} s, ${grown}, seed ${first}: clean`);
}
