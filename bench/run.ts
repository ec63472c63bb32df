/**
 * `npm run bench`: codecs, the hub alone, whole servers with 5,000 clients, ours beside others in one run, the chat with its
 * stores, and compression; makes `REPORT.md`. An argument names the servers to take (a part of their name); then nothing is
 * written. A part that fails is left out, and said to be. `npm run bench -- chat` measures the chat alone, and writes the report
 * with what the last whole run found of the rest.
 */
import { type ChatClimb, mysqlChat, sqliteChat } from './chat.ts';
import { codecs } from './codecs.ts';
import { type Compression, measureCompression } from './compression.ts';
import { type Contender, contenders } from './contenders.ts';
import { hubCost } from './hub-cost.ts';
import { type Climb, climb } from './ladder.ts';
import { type Findings, keepFindings, keptFindings, today, writeReport } from './report.ts';
import { measureSteady, type Steady } from './steady.ts';

const only = process.argv[2];
const began = performance.now();
const versions = new Map<string, string>();
const leftOut: [string, string][] = [];
if (only === 'chat') {
  const rest = keptFindings();
  const chats = await measureChats();
  finish({ ...rest, chats, chatDate: today(), leftOut: [...rest.leftOut, ...leftOut] });
  process.exit(0);
}
const wanted = contenders.filter(({ name }) => only === undefined || name.includes(only) || name.startsWith('floor'));
const ready = wanted.filter(prepare);

const steady = (await attempt('what a connection costs', () => measureSteady(ready, leave))) ?? [];
for (const each of steady) console.log(steadyLine(each));
const climbs: Climb[] = [];
for (const contender of ready) {
  const found = await attempt(`the highest rate of ${contender.name}`, () => climb(contender));
  if (found === undefined) continue;
  climbs.push(found);
  printRungs(found);
}
if (only === undefined) await measureTheRest();
process.exit(0);

async function measureTheRest(): Promise<void> {
  const chats = await measureChats();
  const compression: readonly Compression[] = (await attempt('compression', measureCompression)) ?? [];
  const hub = [1, 10, 100].map((events) => [events, hubCost(events)] as const);
  const seconds = (performance.now() - began) / 1_000;
  const found = { codecs: codecs(), hub, steady, climbs, chats, compression, versions, leftOut, seconds };
  finish({ ...found, date: today() });
}

async function measureChats(): Promise<readonly ChatClimb[]> {
  const chats: ChatClimb[] = [];
  for (const [name, measure] of [
    ['the chat on SQLite', sqliteChat],
    ['the chat on MariaDB', mysqlChat],
  ] as const) {
    const found = await attempt(name, measure);
    if (found !== undefined) chats.push(found);
  }
  return chats;
}

function finish(findings: Findings): void {
  keepFindings(findings);
  writeReport(findings);
  console.log('bench/REPORT.md is written');
}

function prepare(contender: Contender): boolean {
  try {
    contender.prepare();
    versions.set(contender.name, contender.version());
    return true;
  } catch (error) {
    leave(contender.name, error);
    return false;
  }
}

async function attempt<T>(what: string, measure: () => Promise<T>): Promise<T | undefined> {
  console.log(`${Math.round((performance.now() - began) / 1_000)} s: ${what}`);
  try {
    return await measure();
  } catch (error) {
    leave(what, error);
    return undefined;
  }
}

function leave(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : `${error}`;
  leftOut.push([what, why]);
  console.log(`${what} is left out: ${why}`);
}

function steadyLine({ contender, delivery, ratio, memory, idle }: Steady): string {
  const cost = `${delivery.toFixed(2)} µs a delivery, ${ratio.toFixed(2)} × the floor`;
  return `  ${contender.name}: ${cost}, ${memory.toFixed(1)} KB a connection, ${idle.toFixed(2)} µs a second idle`;
}

function printRungs({ rungs }: Climb): void {
  for (const { rate, result, holds } of rungs) {
    const { per_second, latency_ms, server } = result;
    const figures = `${per_second} delivered/s, p99 ${latency_ms.p99.toFixed(0)} ms, ${server.us_per_message.toFixed(2)} µs each`;
    console.log(`  ${rate} messages/s: ${figures}${holds ? '' : '  (does not hold)'}`);
  }
}
