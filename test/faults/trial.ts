import type { Message } from '../../server/engines/message-store.ts';
import type { Offsets, TickRecord } from '../../server/engines/tick-log.ts';
import { messagesOf } from '../support/messages.ts';
import { Crowd, type CrowdSize } from './crowd.ts';
import type { Fault } from './faults.ts';
import type { StreamReader } from './stream-reader.ts';
import type { System } from './system.ts';

/** What came of a fault, as counted from what every client got, what the database holds and what Kafka holds. */
export interface Outcome {
  readonly fault: string;
  /** Messages with a RECEIPT. */
  readonly accepted: number;
  /** Ticks that were appended meanwhile. */
  readonly ticks: number;
  readonly lost: number;
  readonly ghosts: number;
  readonly repeats: number;
  readonly outOfOrder: number;
  /** The longest time in which somebody got no message, and no tick, in seconds: what of the fault was felt. */
  readonly silence: { readonly chat: number; readonly stream: number };
}

type Counts = Pick<Outcome, 'lost' | 'ghosts' | 'repeats' | 'outOfOrder'>;

/** Peace before the fault and after it, in milliseconds. */
const PEACE = 2_000;
/** What has not happened after so long, in milliseconds, does not happen. */
const LIMIT = 120_000;
const LOOK = 50;
const ROOM = 'global';
const PAGE = 1_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets a crowd use the system, brings the fault upon it, and counts what came of it. */
export async function tryFault(system: System, fault: Fault, size: CrowdSize): Promise<Outcome> {
  const head = await system.store.head(ROOM);
  const crowd = new Crowd(system.urls, head, size);
  try {
    crowd.talk();
    const begun = performance.now();
    await until(() => crowd.allHeardSince(begun), 'everybody is served before the fault');
    await wait(PEACE);
    crowd.beginSilences();
    await fault.run(system, crowd);
    const mended = performance.now();
    await until(() => crowd.allHeardSince(mended), `everybody is served again after: ${fault.name}`);
    const { chat: silent, stream } = crowd.longestSilences;
    const silence = { chat: silent / 1_000, stream: stream / 1_000 };
    await wait(PEACE);
    crowd.hush();
    await until(() => crowd.pending === 0, 'everything that was sent is accepted');
    const chat = await countChat(system, crowd, head);
    const { ticks, ...market } = await countTicks(system, crowd);
    return { fault: fault.name, accepted: crowd.record.accepted.size, ticks, silence, ...sum(chat, market) };
  } finally {
    crowd.end();
  }
}

/** One line of the table, with its cells padded. */
export function line(cells: readonly string[]): string {
  const [name = '', ...figures] = cells;
  return `${name.padEnd(42)}${figures.map((figure) => figure.padStart(15)).join('')}`;
}

export const HEAD: readonly string[] = [
  'fault',
  'accepted',
  'ticks',
  'lost',
  'ghosts',
  'repeats',
  'out of order',
  'chat silent',
  'stream silent',
];

/** An outcome as the cells of its line. */
export function cells({ fault, accepted, ticks, lost, ghosts, repeats, outOfOrder, silence }: Outcome): string[] {
  const counts = [accepted, ticks, lost, ghosts, repeats, outOfOrder].map(String);
  return [fault, ...counts, `${silence.chat.toFixed(1)} s`, `${silence.stream.toFixed(1)} s`];
}

export function isClean({ lost, ghosts, repeats, outOfOrder }: Outcome): boolean {
  return lost + ghosts + repeats + outOfOrder === 0;
}

/** What of an outcome is not as promised, in words. */
export function brokenPromise(outcome: Outcome, { within = Number.POSITIVE_INFINITY }: Fault): string | undefined {
  if (!isClean(outcome)) return 'something was lost, shown without being stored, repeated or out of order';
  if (outcome.accepted === 0 || outcome.ticks === 0) return 'nothing was sent, so nothing was tried';
  return outcome.silence.stream > within ? `prices stood still for longer than ${within} s` : undefined;
}

async function countChat({ store }: System, { users, record }: Crowd, head: number): Promise<Counts> {
  const stored: Message[] = [];
  for (let after = head; ; after = stored.at(-1)?.seq ?? after) {
    const page = await insist(() => store.after(ROOM, after, PAGE));
    stored.push(...messagesOf(page));
    if (page.length < PAGE) break;
  }
  const last = head + stored.length;
  await until(() => users.every((user) => user.last >= last), 'everybody has the newest message').catch(
    () => undefined,
  );
  const ids = new Set(stored.map(({ id }) => id));
  const bySeq = new Map(stored.map(({ seq, id }) => [seq, id]));
  const holes = stored.filter(({ seq }, index) => seq !== head + index + 1).length;
  const unstored = [...record.accepted.keys()].filter((id) => !ids.has(id)).length;
  const unheard = users.reduce((total, user) => total + Math.max(0, last - user.last) + user.gaps, 0);
  const ghosts = [...record.ids].filter(([seq, id]) => bySeq.get(seq) !== id).length;
  return {
    lost: unstored + unheard,
    ghosts,
    repeats: users.reduce((total, { repeats }) => total + repeats, 0) + (stored.length - ids.size),
    outOfOrder: record.disagreements + holes,
  };
}

async function countTicks({ ticks }: System, { readers, numbers }: Crowd): Promise<Counts & { ticks: number }> {
  const { next } = await insist(() => ticks.bounds());
  const caughtUp = (reader: StreamReader): boolean => next.every((offset, at) => (reader.offsets[at] ?? 0) >= offset);
  await until(() => readers.every(caughtUp), 'every stream has the newest tick').catch(() => undefined);
  // From here on no reader may move: all is compared at the same moment.
  const seen = readers.map(({ ticks: got, offsets, start, resets }) => ({
    got: new Map([...got].map(([symbol, list]) => [symbol, [...list]])),
    offsets,
    start: start ?? offsets,
    resets,
  }));
  const starts = next.map((_, at) => Math.min(...seen.map(({ start }) => start[at] ?? 0)));
  const ends = next.map((_, at) => Math.max(...seen.map(({ offsets }) => offsets[at] ?? 0)));
  const read = (at: number): Promise<TickRecord[]> => insist(() => ticks.read(at, starts[at] ?? 0, ends[at] ?? 0));
  const records = (await Promise.all(next.map((_, at) => read(at)))).flat();
  const counts = seen.map(({ got, offsets, start, resets }) => {
    const late = next.reduce((total, offset, at) => total + Math.max(0, offset - (offsets[at] ?? 0)), 0);
    const compared = compare(
      got,
      expected(records, start, offsets, (record) => numbers.of(record.tick)),
    );
    return { ...compared, lost: compared.lost + late + resets };
  });
  return { ...sum(...counts), ticks: records.length };
}

/** The ticks of each symbol between two positions. */
function expected(records: readonly TickRecord[], from: Offsets, to: Offsets, number: (record: TickRecord) => number) {
  const lists = new Map<string, number[]>();
  for (const record of records) {
    const { partition, offset, tick } = record;
    if (offset < (from[partition] ?? 0) || offset >= (to[partition] ?? 0)) continue;
    const list = lists.get(tick.symbol);
    if (list === undefined) lists.set(tick.symbol, [number(record)]);
    else list.push(number(record));
  }
  return lists;
}

function compare(got: ReadonlyMap<string, number[]>, wanted: ReadonlyMap<string, number[]>): Counts {
  const counts = { lost: 0, ghosts: 0, repeats: 0, outOfOrder: 0 };
  for (const symbol of new Set([...got.keys(), ...wanted.keys()])) {
    const has = got.get(symbol) ?? [];
    const should = wanted.get(symbol) ?? [];
    if (has.length === should.length && has.every((number, at) => number === should[at])) continue;
    const [missing, extra] = [difference(should, has), difference(has, should)];
    const known = new Set(should);
    counts.lost += missing.length;
    counts.repeats += extra.filter((number) => known.has(number)).length;
    counts.ghosts += extra.filter((number) => !known.has(number)).length;
    if (missing.length + extra.length === 0) counts.outOfOrder++;
  }
  return counts;
}

/** What is in the first list more often than in the second. */
function difference(all: readonly number[], less: readonly number[]): number[] {
  const left = new Map<number, number>();
  for (const number of less) left.set(number, (left.get(number) ?? 0) + 1);
  return all.filter((number) => {
    const count = left.get(number) ?? 0;
    left.set(number, count - 1);
    return count <= 0;
  });
}

function sum(...all: readonly Counts[]): Counts {
  const total = { lost: 0, ghosts: 0, repeats: 0, outOfOrder: 0 };
  for (const counts of all) {
    total.lost += counts.lost;
    total.ghosts += counts.ghosts;
    total.repeats += counts.repeats;
    total.outOfOrder += counts.outOfOrder;
  }
  return total;
}

/** An engine that was just mended may refuse once more; what it holds is asked until it answers. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + LIMIT; ; await wait(LOOK)) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + LIMIT;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${LIMIT / 1_000} s: ${what}`);
    await wait(LOOK);
  }
}
