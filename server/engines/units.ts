import type { Draft, Unit } from './message-store.ts';

/** The drafts of a group by what is stored all or none: its units, and between them each draft for itself. */
export function splitUnits(drafts: readonly Draft[], units: readonly Unit[]): (readonly Draft[])[] {
  const split: (readonly Draft[])[] = [];
  const alone = (from: number, to: number): void => {
    for (const draft of drafts.slice(from, to)) split.push([draft]);
  };
  let at = 0;
  for (const { from, to } of units) {
    alone(at, from);
    split.push(drafts.slice(from, to));
    at = to;
  }
  alone(at, drafts.length);
  return split;
}
