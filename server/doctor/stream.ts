import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Clock } from '../clock.ts';
import type { Check } from './check.ts';
import type { Say } from './finding.ts';
import { bearer, get, TOKEN_NEEDED } from './request.ts';

const what = 'Stream';
/** The first event comes at once; what comes later than this, in milliseconds, was held back. */
const PROMPT = 2_000;
const UNBUFFERED =
  'a proxy buffers it, so prices come late or never: switch that off for /stream (nginx: proxy_buffering off, and no gzip for text/event-stream; do not remove the header X-Accel-Buffering: no)';

/** Whether `/stream` comes event by event, to a plain reader and to one that takes compressed answers as browsers do. */
export function streamCheck(base: URL, clock: Clock, prompt = PROMPT, token?: string): Check {
  return {
    what,
    async run(say, signal) {
      const plain = await look(base, clock, prompt, bearer(token), signal);
      if (!tellPlain(say, plain)) return;
      const asBrowser = await look(
        base,
        clock,
        prompt,
        { 'accept-encoding': 'gzip, deflate, br', ...bearer(token) },
        signal,
      );
      if (asBrowser.event) say('ok', what, 'the first event comes at once, as text/event-stream');
      else say('fail', what, `for readers that take compressed answers nothing comes: ${UNBUFFERED}`);
    },
  };
}

/** What came in time. */
interface Looked {
  readonly response: IncomingMessage | undefined;
  readonly event: boolean;
}

async function look(
  base: URL,
  clock: Clock,
  prompt: number,
  headers: Readonly<Record<string, string>>,
  outer: AbortSignal,
): Promise<Looked> {
  const enough = new AbortController();
  const timer = clock.after(prompt, () => enough.abort());
  const signal = AbortSignal.any([outer, enough.signal]);
  let response: IncomingMessage | undefined;
  try {
    response = await get(new URL('/stream', base), { accept: 'text/event-stream', ...headers }, signal);
    return { response, event: await hasEvent(response) };
  } catch (error) {
    if (!enough.signal.aborted) throw error;
    return { response, event: false };
  } finally {
    timer.cancel();
    enough.abort();
  }
}

/** Whether an event comes; as long as the answer lasts. */
async function hasEvent(response: IncomingMessage): Promise<boolean> {
  if (response.statusCode !== 200) return false;
  let text = '';
  for await (const chunk of decoded(response)) {
    text += String(chunk);
    if (/^data:.*\n\n/m.test(text)) return true;
  }
  return false;
}

function decoded(response: IncomingMessage): Readable {
  const decoder = decoderFor(response.headers['content-encoding']);
  if (decoder === undefined) return response;
  // An answer that is cut in its middle must end the reading too.
  response.on('error', (error) => decoder.destroy(error));
  return response.pipe(decoder);
}

function decoderFor(encoding: string | undefined) {
  switch (encoding) {
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Whether there is more to look at. */
function tellPlain(say: Say, { response, event }: Looked): boolean {
  if (response?.statusCode === 401) {
    say('warn', what, `/stream ${TOKEN_NEEDED}`);
    return false;
  }
  const type = response?.headers['content-type'] ?? 'none';
  const encoding = response?.headers['content-encoding'] ?? 'identity';
  const wrong = ((): string | undefined => {
    if (response === undefined) return `no answer to /stream comes in time: ${UNBUFFERED}`;
    if (response.statusCode !== 200)
      return `/stream answers ${response.statusCode}: let the proxy pass all paths, unchanged`;
    if (!type.startsWith('text/event-stream'))
      return `/stream has the content type ${type} and must have text/event-stream: something before the server changes it`;
    if (encoding !== 'identity')
      return `/stream is compressed (${encoding}) for a reader that did not ask for it: switch that off in the proxy`;
    return event ? undefined : `/stream begins and no event follows: ${UNBUFFERED}`;
  })();
  if (wrong !== undefined) say('fail', what, wrong);
  return wrong === undefined;
}
