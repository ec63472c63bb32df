import type { Tick } from '../../server/engines/tick-log.ts';
import { Known, type Reading } from './shared-reading.ts';

/** What a server says on `/stream`; `offsets` are those of the event's id. */
export type MarketSaid =
  | { readonly kind: 'snapshot'; readonly id: string; readonly offsets: readonly number[] }
  | { readonly kind: 'tick'; readonly id: string; readonly offsets: readonly number[]; readonly tick: Tick };

/** Reads the chunks of an HTTP answer with Server-Sent Events in them; an event may lie in several. */
export function readMarket(bytes: Buffer, events = new Known<readonly MarketSaid[]>(1)): Reading<MarketSaid> {
  const said: MarketSaid[] = [];
  let text = '';
  let read = 0;
  for (let chunk = takeChunk(bytes, 0); chunk !== undefined; chunk = takeChunk(bytes, chunk.end)) {
    text += chunk.text;
    if (!text.endsWith('\n\n')) continue;
    for (const block of text.split('\n\n')) said.push(...events.get(block, event));
    text = '';
    read = chunk.end;
  }
  return { said, rest: bytes.subarray(read) };
}

function takeChunk(bytes: Buffer, at: number): { readonly text: string; readonly end: number } | undefined {
  const line = bytes.indexOf('\r\n', at);
  if (line < 0) return undefined;
  const start = line + 2;
  const end = start + Number.parseInt(bytes.toString('latin1', at, line), 16);
  return bytes.length < end + 2 ? undefined : { text: bytes.toString('utf8', start, end), end: end + 2 };
}

function event(block: string): MarketSaid[] {
  const fields = new Map(block.split('\n').map((line) => field(line)));
  const id = fields.get('id') ?? '';
  const offsets = id
    .slice(id.lastIndexOf(':') + 1)
    .split(',')
    .map(Number);
  switch (fields.get('event')) {
    case 'market-snapshot':
      return [{ kind: 'snapshot', id, offsets }];
    case 'market-tick':
      return [{ kind: 'tick', id, offsets, tick: JSON.parse(fields.get('data') ?? '') }];
    default:
      return [];
  }
}

function field(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
