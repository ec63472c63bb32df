import type { Outcome } from './trial.ts';
import type { Latencies } from './witness.ts';

const MB = 1_048_576;

/** The heads of the columns. Latencies are p50 / p99 in ms. */
export const HEAD = [
  'flood',
  'what it did',
  'chat before',
  'chat during',
  'ticks before',
  'ticks during',
  'admin before',
  'admin during',
  'memory before / most / after, MB',
  'CPU',
];

/** An outcome as the cells of a row. */
export function cells({ name, counts, before, during, memory, cpu }: Outcome): string[] {
  return [
    name,
    Object.entries(counts)
      .map(([what, number]) => `${number.toLocaleString('en')} ${what}`)
      .join(', '),
    pair(before.chat),
    pair(during.chat),
    pair(before.ticks),
    pair(during.ticks),
    pair(before.admin),
    pair(during.admin),
    [memory.before, memory.most, memory.after].map((bytes) => Math.round(bytes / MB)).join(' / '),
    `${Math.round(cpu * 100)} %`,
  ];
}

export function line(all: readonly string[]): string {
  return `| ${all.join(' | ')} |`;
}

function pair({ p50, p99 }: Latencies): string {
  return `${p50.toFixed(0)} / ${p99.toFixed(0)}`;
}
