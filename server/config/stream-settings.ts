import type { Setting } from './settings.ts';

/** The settings of streams that users declare; see docs/your-own-stream.md. */
export const streamSettings = {
  STREAMS: {
    type: 'list',
    default: [],
    pattern: /^[a-z][a-z0-9-]{0,31}:(?:latest|complete)$/,
    patternText:
      'a name (small letters, digits, -), a colon and latest or complete, as in orders:latest; at most 32 streams',
    text: 'Streams of your own: of latest only the newest event of each key matters, of complete every event.',
  },
  STREAM_TOKEN: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^[\w.~+/-]{16,256}$/,
    patternText: '16 to 256 letters, digits and . _ ~ + / -',
    text: 'With AUTH=guest: who brings it as a bearer token may append to streams. Without it nobody may by HTTP.',
  },
  STREAM_RATE_LIMIT: {
    type: 'integer',
    default: 500,
    min: 0,
    max: 1_000_000,
    unit: 'events/s',
    text: 'Events that are appended to a stream by HTTP on an instance, with a burst of 5 s; 0 is no limit.',
  },
  STREAM_EVENT_BYTES: {
    type: 'integer',
    default: 16_384,
    min: 64,
    max: 65_536,
    unit: 'bytes',
    text: 'The largest event that may be appended to a stream by HTTP.',
  },
} as const satisfies Record<string, Setting>;

/** Names that lead somewhere else already. */
const TAKEN = ['chat', 'errors', 'market', 'presence', 'rooms', 'typing', 'stream', 'streams'];
const MOST_STREAMS = 32;

type Values = Readonly<Record<string, number | string | readonly string[]>>;

/** What is wrong with these settings together, a line each. */
export function streamProblems(values: Values): string[] {
  const items = Array.isArray(values.STREAMS) ? values.STREAMS.map(String) : [];
  const names = items.map((item) => item.split(':')[0] ?? '');
  const problems = names
    .filter((name) => TAKEN.includes(name))
    .map((name) => `STREAMS: ${name} is the name of something else already`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) problems.push(`STREAMS: names ${twice} twice`);
  if (items.length > MOST_STREAMS)
    problems.push(`STREAMS: names ${items.length} streams; at most ${MOST_STREAMS} are taken`);
  if (values.AUTH === 'jwt' && values.STREAM_TOKEN !== '' && values.STREAM_TOKEN !== undefined)
    problems.push('STREAM_TOKEN: means nothing with AUTH=jwt; there it is the scope stream:write');
  return problems;
}
