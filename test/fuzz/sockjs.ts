import fc from 'fast-check';
import {
  eventSource,
  htmlFile,
  jsonpAnswer,
  jsonpPolling,
  xhrPolling,
  xhrStreaming,
} from '../../server/protocol/sockjs/forms.ts';
import { decodeMessages, decodeText } from '../../server/protocol/sockjs/messages.ts';
import { parseCallback, parsePath } from '../../server/protocol/sockjs/path.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { texts } from './inputs.ts';
import type { Random } from './mutate.ts';

const segment = fc.oneof(fc.stringMatching(/^[a-z0-9_]{1,12}$/), fc.string({ unit: 'binary', maxLength: 140 }));
const transport = fc.constantFrom(
  'websocket',
  'xhr',
  'xhr_send',
  'xhr_streaming',
  'eventsource',
  'htmlfile',
  'jsonp',
  'jsonp_send',
);
const path = fc.oneof(
  fc.tuple(segment, segment, fc.oneof(transport, segment)).map((parts) => `/${parts.join('/')}`),
  fc.constantFrom('', '/', '/info', '/iframe.html', '/iframe-1.2.3.html', '/websocket', '/sockjs.min.js'),
);
const callback = fc
  .oneof(fc.stringMatching(/^[\w.-]{1,130}$/), fc.string({ unit: 'binary' }))
  .map((name) => `?c=${name}`);
const body = fc.oneof(
  fc.array(fc.string({ unit: 'binary' })).map((list) => JSON.stringify(list)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.nat(3_000).map((depth) => '['.repeat(depth)),
);
const input = fc.oneof(path, callback, body);

function checkPath(text: string): string | undefined {
  const place = parsePath(text);
  if (place?.kind !== 'session') return place === undefined ? 'no place' : undefined;
  if (/[./]/.test(place.session) || place.session.length > 128) throw new Error('not a session id');
  return undefined;
}

function checkCallback(text: string): string | undefined {
  const name = parseCallback(new URLSearchParams(text));
  if (typeof name !== 'string') return 'no callback';
  if (!/^[\w.-]+$/.test(name)) throw new Error('a callback that is no name');
  return undefined;
}

/** What a client sends is echoed in every form in which a client reads, and must be read as the same. */
function checkBody(text: string): string | undefined {
  const decoded = decodeText(Buffer.from(text));
  const bytes = decoded === undefined ? undefined : decodeMessages(decoded);
  if (decoded === undefined || bytes === undefined) return 'no messages';
  const messages: readonly string[] = [JSON.parse(decoded)].flat();
  if (!messages.every((each) => each.isWellFormed())) throw new Error('broken UTF-16 was let in');
  if (Buffer.from(bytes).toString() !== messages.join('')) throw new Error('the session is told something else');
  for (const message of messages) checkForms(message);
  return undefined;
}

function checkForms(message: string): void {
  const line = Buffer.from(xhrStreaming.message(message)).toString();
  if (!/^a.*\n$/.test(line) || first(line.slice(1)) !== message) throw new Error('xhr-streaming says something else');
  const event = Buffer.from(eventSource.message(message)).toString();
  if (first(event.slice('data: a'.length, -4)) !== message) throw new Error('eventsource says something else');
  if (first(`[${Buffer.from(xhrPolling.message(message)).toString().slice(0, -1)}]`) !== message)
    throw new Error('xhr says something else');
  const script = Buffer.from(htmlFile.message(message)).toString();
  const inside = script.slice('<script>\np('.length, -');\n</script>\r\n'.length + 1);
  if (inside.includes('<')) throw new Error('htmlfile can leave its script');
  const [before, after] = jsonpAnswer('f').around;
  const element = Buffer.from(jsonpPolling.message(message)).toString().slice(0, -1);
  const argument = `${before}${element}${after}`.slice('/**/f('.length, -4);
  if (argument.includes('<') || first(JSON.parse(argument).slice(1)) !== message)
    throw new Error('jsonp says something else');
}

function first(json: string): unknown {
  return JSON.parse(json)[0];
}

function check(text: string, random: Random): string | undefined {
  const at = random();
  if (text.startsWith('?')) return checkCallback(text);
  if (text.startsWith('/') || at < 0.1) return checkPath(text);
  return checkBody(text);
}

/** SockJS: its paths, callbacks and message bodies, and each form of what is sent back. */
export const sockjs: Fuzzer = {
  name: 'SockJS paths and messages',
  share: 4,
  async fuzz(count, seed) {
    const account = new Account(count);
    for await (const { text, random } of texts(input, count, seed)) {
      try {
        account.add(check(text, random));
      } catch (error) {
        throw failure(`${error}`, text, seed);
      }
    }
    return account.outcome();
  },
};
