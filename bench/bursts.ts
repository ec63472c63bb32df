/**
 * `npm run bench:bursts`: recorded trades and quotes of a busy hour, ten times as fast, to 5,000 event streams of which 500 are
 * slow. Who keeps up must have got every tick, and at the end everybody must have the same prices. `npm run bench:bursts -- FOLDER`
 * says where the recordings are. Writes `BURSTS.md`. Ends with 1 when something was lost.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { marketSymbol } from '../server/engines/sources/recording.ts';
import { startFlags } from '../test/support/start-flags.ts';
import { Fanload, type FanloadResult, type Heads, priceHash, type Totals } from './fanload.ts';
import { startServer } from './server-process.ts';

const HERE = import.meta.dirname;
const FOLDER = process.argv[2] ?? join(HERE, '../../shared/data/market');
const FILES = ['trades-2024-08-08.csv.gz', 'quotes-2024-08-08.csv.gz'];
const SPEED = Number(process.env.BURSTS_SPEED ?? 10);
/** The clients: who gets every tick, who asks for the newest prices every 100 ms, and who reads too slowly for every tick. */
const EVERY = Number(process.env.BURSTS_EVERY ?? 200);
const PACED = Number(process.env.BURSTS_PACED ?? 4_300);
const SLOW = Number(process.env.BURSTS_SLOW ?? 500);
/** A slow client takes 16 KB, and then nothing for so many milliseconds. */
const PAUSE = 100;
const CORE = 1;
/** Seconds that clients have to catch up after the last tick. */
const PATIENCE = 120;

interface State {
  readonly prices: readonly (readonly [symbol: string, price: number])[];
  readonly ticks: number;
  readonly dropped: number;
  readonly conflated: number;
  readonly stalled: number;
  readonly kept: number;
  readonly encoded: number;
  readonly memory: number;
}

interface Crowd {
  readonly name: string;
  readonly load: Fanload;
  readonly count: number;
}

const missing = FILES.filter((name) => !existsSync(join(FOLDER, name)));
if (missing.length > 0) {
  console.error(`${missing.join(' and ')} are not in ${FOLDER}.
They are recordings of Binance's public stream, gzipped CSV: trades with the columns time_ms,symbol,price,size and quotes with
time_ms,symbol,bid,bid_size,ask,ask_size. They are not part of this repository. Name their folder: npm run bench:bursts -- FOLDER`);
  process.exit(2);
}
const recording = merged();
const server = await startServer(process.execPath, [...startFlags, join(HERE, 'servers/bursts.ts'), recording.file]);
const at = `http://127.0.0.1:${server.port}`;
const crowds = [
  await enter('every tick', EVERY, '/stream', 0),
  await enter('newest every 100 ms', PACED, '/stream?interval=100', 10),
  await enter('slow', SLOW, '/stream', 20, ['--slow', `${PAUSE}`, '--rcvbuf', '65536']),
].filter((crowd) => crowd !== undefined);
const before = await state();
let [most, kept] = [before.memory, 0];
const looking = setInterval(async () => {
  const now = await state();
  most = Math.max(most, now.memory);
  kept = Math.max(kept, now.kept + now.encoded);
}, 1_000);
const seconds = Math.ceil(recording.seconds / SPEED) + 2;
const [results] = await Promise.all([
  Promise.all(crowds.map(({ load }) => load.hold(seconds))),
  sleep(500).then(() => fetch(`${at}/publish?speed=${SPEED}`, { method: 'POST' })),
]);
console.log('all is in the market; who is behind catches up');
const heads = await settled();
clearInterval(looking);
const after = await state();
const totals = await Promise.all(crowds.map(({ load }) => load.end()));
await server.stop();
const truth = recording.prices.reduce((sum, [symbol, price]) => (sum + priceHash(symbol, price)) >>> 0, 0);
const wrong = faults();
const text = report();
console.log(text);
if (EVERY + PACED + SLOW >= 5_000) writeFileSync(join(HERE, 'BURSTS.md'), text);
for (const fault of wrong) console.error(fault);
process.exit(wrong.length === 0 ? 0 : 1);

/** Trades, and each quote as a tick with its bid, in the order of their times. */
function merged() {
  const rows = FILES.flatMap((name) =>
    gunzipSync(readFileSync(join(FOLDER, name)))
      .toString()
      .split('\n')
      .slice(1)
      .filter((row) => row !== '')
      .map((row) => row.split(',').slice(0, 4)),
  ).sort(([one], [other]) => Number(one) - Number(other));
  const file = join(HERE, '.build', 'bursts.csv.gz');
  mkdirSync(join(HERE, '.build'), { recursive: true });
  writeFileSync(
    file,
    gzipSync(`time_ms,symbol,price,size\n${rows.map((row) => row.join()).join('\n')}\n`, { level: 1 }),
  );
  const last = new Map(rows.map(([, symbol = '', price]) => [marketSymbol(symbol), Number(price)]));
  const perSecond = new Map<number, number>();
  for (const [time] of rows) {
    const second = Math.floor(Number(time) / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  const span = Number(rows.at(-1)?.[0]) - Number(rows[0]?.[0]);
  return { file, rows: rows.length, prices: [...last], seconds: span / 1_000, peak: Math.max(...perSecond.values()) };
}

async function enter(
  name: string,
  count: number,
  path: string,
  source: number,
  more: readonly string[] = [],
): Promise<Crowd | undefined> {
  if (count === 0) return undefined;
  const target = ['--port', `${server.port}`, '--protocol', 'sse', '--path', path, '--connections', `${count}`];
  const what = ['--ids', '1', '--prices', '1', '--marker', '"time":', '--stamp', 'ms', '--source', `${source}`];
  // Numbers outlive a measurement where clients may come back; here nobody has to.
  const [load] = await Fanload.connect([...target, ...what, '--ramp', '2000', '--reconnect', '1000', ...more], CORE);
  return { name, load, count };
}

async function state(): Promise<State> {
  return (await (await fetch(`${at}/state`)).json()) as State; // what the server of this benchmark answers
}

/** Where all stand once they have the last prices, or have had enough time. */
async function settled(): Promise<readonly Heads[]> {
  const end = performance.now() + PATIENCE * 1_000;
  for (;;) {
    const found: Heads[] = [];
    for (const { load } of crowds) found.push(await load.heads());
    const least = Math.min(...found.map(({ least_seq }) => least_seq));
    if (least >= recording.rows || performance.now() > end) return found;
    await sleep(500);
  }
}

function faults(): string[] {
  const list = crowds.flatMap(({ name, count }, index) => {
    const head = heads[index];
    const agree = head?.least_state === truth && head.most_state === truth;
    return [
      ...(head?.up === count && results[index]?.lost_connections === 0
        ? []
        : [`${name}: a client lost its connection`]),
      ...(head?.least_seq === recording.rows ? [] : [`${name}: not all came to the end`]),
      ...(agree ? [] : [`${name}: not all have the recording's last prices`]),
    ];
  });
  const every = totals[0];
  if (every === undefined || every.gaps + every.duplicates > 0) list.push('who gets every tick missed some');
  if (after.dropped > 0) list.push(`the feed dropped ${after.dropped} ticks`);
  return list;
}

function report(): string {
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  const line = (list: readonly string[]): string => `| ${list.join(' | ')} |`;
  const row = ({ name, count }: Crowd, index: number): string => {
    const { latency_ms, bytes, seconds: took } = results[index] as FanloadResult; // one a crowd
    const { messages, gaps, duplicates } = totals[index] as Totals; // as above
    const head = heads[index];
    const same = head?.least_state === truth && head.most_state === truth ? 'yes' : 'no';
    const missed = index === 0 ? `${gaps} / ${duplicates}` : `${number(gaps)} left out`;
    // Who is slow catches up afterwards, and that is not in this measurement.
    const lag = name === 'slow' ? '' : `${latency_ms.p50.toFixed(0)} / ${latency_ms.p99.toFixed(0)}`;
    return line([name, number(count), number(messages), `${(bytes / took / 1e6).toFixed(0)}`, missed, lag, same]);
  };
  const { model = '' } = cpus()[0] ?? {};
  return `<!-- Made by "npm run bench:bursts". Do not edit. -->
# A busy market at ${SPEED} times its speed

${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${model.trim()}), Node ${process.version}; the server has one, the clients the other. ${number(recording.rows)} trades and quotes of
six symbols, recorded in ${number(recording.seconds)} s of 2024-08-08, played in ${number(recording.seconds / SPEED)} s: ${number((recording.rows / recording.seconds) * SPEED)} ticks a second, ${number(recording.peak * SPEED)} in its densest ${(1 / SPEED).toFixed(1)} s.

| clients | how many | ticks that came | MB/s | gaps / repeats | p50 / p99, ms | all end with the recording's last prices |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${crowds.map(row).join('\n')}

The server's memory was ${mb(before.memory)} with all connected, ${mb(most)} at most, and ${mb(after.memory)} at the end; the log of ticks with its encodings took ${mb(kept)} at most.
Clients that the log had left behind were given a snapshot ${number(after.conflated)} times; ${number(after.stalled)} were closed because they took nothing. _Slow_ clients read 16 KB every ${PAUSE} ms.
`;
}
