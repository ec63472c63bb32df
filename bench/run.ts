/**
 * `npm run bench`: codecs, the hub alone, and whole servers with 5,000 clients, ours beside others in one run; makes `REPORT.md`.
 * An argument names the servers to take (a part of their name); then nothing is written.
 */
import { codecs } from './codecs.ts';
import { type Contender, contenders } from './contenders.ts';
import { hubCost } from './hub-cost.ts';
import { type Climb, climb } from './ladder.ts';
import { writeReport } from './report.ts';

const only = process.argv[2];
const climbs: Climb[] = [];
const versions = new Map<string, string>();
const leftOut: [string, string][] = [];

for (const contender of contenders) {
  if (only !== undefined && !contender.name.includes(only)) continue;
  if (!ready(contender)) continue;
  console.log(`${contender.name}, ${versions.get(contender.name)}`);
  const found = await climb(contender);
  climbs.push(found);
  for (const { rate, result, holds } of found.rungs) {
    const { per_second, latency_ms, server } = result;
    const figures = `${per_second} delivered/s, p99 ${latency_ms.p99.toFixed(0)} ms, ${server.us_per_message.toFixed(2)} µs each`;
    console.log(`  ${rate} messages/s: ${figures}${holds ? '' : '  (does not hold)'}`);
  }
}

function ready(contender: Contender): boolean {
  try {
    contender.prepare();
    versions.set(contender.name, contender.version());
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : `${error}`;
    leftOut.push([contender.name, why]);
    console.log(`${contender.name} is left out: ${why}`);
    return false;
  }
}

if (only === undefined) {
  const hub = [1, 10, 100].map((events) => [events, hubCost(events)] as const);
  writeReport({ codecs: codecs(), hub, climbs, versions, leftOut });
  console.log('bench/REPORT.md is written');
}
