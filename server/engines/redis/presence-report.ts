import { hash } from 'node:crypto';
import type { InstancePresence, PresenceTotals } from '../presence-store.ts';

/**
 * A report as it lies in Redis: the number of connections in 4 bytes, then 8 bytes for each name, the beginning of its
 * SHA-256. So a report is as small however long the names, and counting needs no name: that two of a million are taken for
 * one has a chance of 1 in 30 million.
 */
const HEAD = 4;
const MARK = 8;
/** Of words: a mark is two of them. */
const WORDS = 2;

export function packReport({ users, connections }: InstancePresence): Buffer {
  const names = new Set(users);
  const bytes = Buffer.allocUnsafe(HEAD + names.size * MARK);
  let at = bytes.writeUInt32LE(Math.min(connections, 0xffff_ffff));
  for (const name of names) at += bytes.write(hash('sha256', name, 'latin1').slice(0, MARK), at, 'latin1');
  return bytes;
}

/** The totals over all reports. What is not a report is not counted. Takes about 3 ms for 50,000 names. */
export function countReports(found: readonly (Buffer | null)[]): PresenceTotals {
  const reports = found.filter(isReport);
  let connections = 0;
  for (const report of reports) connections += report.readUInt32LE(0);
  return { users: distinct(reports.map((report) => report.subarray(HEAD))), connections, instances: reports.length };
}

function isReport(found: Buffer | null): found is Buffer {
  return found !== null && found.length >= HEAD && (found.length - HEAD) % MARK === 0;
}

/** Sorted, equal marks lie side by side. */
function distinct(marks: readonly Buffer[]): number {
  const length = marks.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const some of marks) {
    all.set(some, at);
    at += some.length;
  }
  new BigUint64Array(all.buffer).sort();
  // Compared as halves: to read a whole one would make a BigInt of it.
  const words = new Uint32Array(all.buffer);
  let count = Math.min(words.length, 1);
  for (let i = WORDS; i < words.length; i += WORDS) {
    if (words[i] !== words[i - 2] || words[i + 1] !== words[i - 1]) count++;
  }
  return count;
}
