import fc from 'fast-check';
import { encodeEvent } from '../../server/protocol/sse/event.ts';
import { chunked } from '../../server/protocol/sse/framing.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { texts } from './inputs.ts';

interface Parsed {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

const NOTHING: [undefined, undefined, undefined] = [undefined, undefined, undefined];

/** What a client makes of a stream (HTML Living Standard, section 9.2.6), for one event. */
function parse(text: string): Parsed[] {
  const events: Parsed[] = [];
  let [id, event, data]: [string | undefined, string | undefined, string[] | undefined] = NOTHING;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data !== undefined) events.push({ id, event, data: data.join('\n') });
      [id, event, data] = NOTHING;
      continue;
    }
    const at = line.indexOf(':');
    const field = at === -1 ? line : line.slice(0, at);
    const value = at === -1 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (field === 'data') data = [...(data ?? []), value];
    else if (field === 'id') id = value;
    else if (field === 'event') event = value;
  }
  return events;
}

function check(id: string, event: string, data: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = encodeEvent({ id, event, data: Buffer.from(data) });
  } catch (error) {
    if (error instanceof RangeError && /[\r\n\0]/.test(id + event)) return 'an id or type that breaks its line';
    throw error;
  }
  const chunk = Buffer.from(chunked.frame(bytes)).toString();
  const text = chunk.slice(chunk.indexOf('\r\n') + 2, -2);
  const events = parse(text);
  const wanted = Buffer.from(data)
    .toString()
    .replaceAll(/\r\n|\r/g, '\n');
  const [first] = events;
  if (events.length !== 1 || first === undefined) throw new Error(`one event became ${events.length}`);
  if (first.data !== wanted || (first.id ?? '') !== id || (first.event ?? '') !== event)
    throw new Error(`an event became another: ${JSON.stringify(first)}`);
  return undefined;
}

const field = fc.string({ unit: 'grapheme', maxLength: 30 });

/** Events as bytes: whatever is in them, a client reads one event, and the same. */
export const sse: Fuzzer = {
  name: 'events as bytes',
  share: 2,
  async fuzz(count, seed) {
    const account = new Account(count);
    const parts = fc
      .tuple(field, field, fc.oneof(fc.json(), fc.string({ unit: 'binary' })))
      .map((all) => all.join('\x01'));
    for await (const { text } of texts(parts, count, seed)) {
      const [id = '', event = '', ...data] = text.split('\x01');
      try {
        account.add(check(id, event, data.join('')));
      } catch (error) {
        throw failure(`${error}`, text, seed);
      }
    }
    return account.outcome();
  },
};
