import fc from 'fast-check';
import { seededRandom } from '../../server/engines/sources/random.ts';
import { below, mutateText, type Random } from './mutate.ts';

/** How many structures are made at a time. */
const CHUNK = 500;
/** Texts that mutations are mixed with: so many of those made last. */
const REMEMBERED = 64;

/**
 * `count` texts: those that `structure` makes, as they are or changed in a few places. The same seed gives the same ones. In
 * between others get a turn, so that what the texts set off can happen.
 */
export async function* texts(
  structure: fc.Arbitrary<string>,
  count: number,
  seed: number,
): AsyncGenerator<{ readonly text: string; readonly random: Random }> {
  const random = seededRandom(seed);
  let remembered: string[] = [];
  for (let made = 0; made < count; made += CHUNK) {
    const chunk = fc.sample(structure, { numRuns: Math.min(CHUNK, count - made), seed: (seed + made) | 0 });
    for (const text of chunk) {
      yield { text: random() < 0.4 ? text : mutateText(text, random, remembered), random };
    }
    const from = below(random, chunk.length);
    remembered = chunk.slice(from, from + REMEMBERED);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** JSON of an object with these members, some of them missing, wrong, or beside others. */
export function jsonWith(members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<string> {
  const right = fc.record(members, { requiredKeys: [] });
  const loose = Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, fc.oneof({ weight: 3, arbitrary: member }, fc.jsonValue())]),
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.record(members).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.record(loose, { requiredKeys: [] }).map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, fc.dictionary(fc.string(), fc.jsonValue()))
        .map((both) => JSON.stringify(Object.assign({}, ...both))),
    },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.nat(3_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
  );
}
