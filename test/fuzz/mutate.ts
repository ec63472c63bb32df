/** A number in [0, 1). */
export type Random = () => number;

export function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[below(random, from.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

/** What parsers trip over: ends of lines and texts, brackets and quotes, broken UTF-8, numbers at the edge of their range. */
const SPECIAL = [
  '\0',
  '\n',
  '\r\n\r\n',
  '\r',
  ':',
  '\\',
  '"',
  '{',
  '[',
  ']',
  ',',
  '?',
  '&',
  '=',
  '%',
  '%00',
  '%u0041',
  '..',
  '/',
  '//',
  '<!--',
  '</script>',
  '\u2028',
  '\\ud800',
  '-1',
  '0',
  '9007199254740993',
  '99999999999999999999999',
  '1e309',
  'null',
  '__proto__',
  'constructor',
].map((text) => Buffer.from(text));
const BROKEN = [
  Buffer.of(0xff),
  Buffer.of(0xc0, 0x80),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xf4, 0x90, 0x80, 0x80),
  Buffer.of(0xe2, 0x82),
];
const PIECES = [...SPECIAL, ...BROKEN];

type Change = (bytes: Buffer, random: Random, others: readonly Uint8Array[]) => Buffer;

const changes: readonly Change[] = [
  // A bit is another.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const at = below(random, copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
    return copy;
  },
  // A byte is any other.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[below(random, copy.length)] = below(random, 256);
    return copy;
  },
  // Something is in it.
  (bytes, random) => insert(bytes, below(random, bytes.length + 1), pick(random, PIECES)),
  // Something is in the place of something.
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    const piece = pick(random, PIECES);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
  },
  // A part is missing.
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 8))]);
  },
  // The end is missing.
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  // A part is there twice.
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    return insert(bytes, at, bytes.subarray(at, at + 1 + below(random, 64)));
  },
  // It begins as this one and ends as another.
  (bytes, random, others) => {
    const other = others.length > 0 ? Buffer.from(pick(random, others)) : bytes;
    return Buffer.concat([
      bytes.subarray(0, below(random, bytes.length + 1)),
      other.subarray(below(random, other.length + 1)),
    ]);
  },
];

function insert(bytes: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

/** Some bytes, changed in one to four places; `others` are what it may be mixed with. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[] = []): Buffer {
  let changed = Buffer.from(bytes);
  for (let left = 1 + below(random, 4); left > 0; left--)
    changed = Buffer.from(pick(random, changes)(changed, random, others));
  return changed;
}

/** The same of a text; what is no UTF-8 any more becomes U+FFFD. */
export function mutateText(text: string, random: Random, others: readonly string[] = []): string {
  const mixed = others.map((other) => Buffer.from(other));
  return mutate(Buffer.from(text), random, mixed).toString();
}
