import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Check } from './check.ts';
import { bearer, get, TOKEN_NEEDED } from './request.ts';

const what = 'Heart-beats';
/** They come every 15 s; so long is waited for one, in milliseconds, and a little longer for the check as a whole. */
const PATIENCE = 20_000;
const MARGIN = 5_000;

/** Whether a quiet `/stream` stays open and its heart-beats come through: what keeps tabs in the background connected. */
export function heartBeatCheck(base: URL, clock: Clock, patience = PATIENCE, token?: string): Check {
  return {
    what,
    limit: patience + MARGIN,
    async run(say, outer) {
      const began = clock.monotonic();
      const enough = new AbortController();
      const timer = clock.after(patience, () => enough.abort());
      const signal = AbortSignal.any([outer, enough.signal]);
      const seconds = (): number => Math.round((clock.monotonic() - began) / 1_000);
      try {
        const response = await get(new URL('/stream', base), { accept: 'text/event-stream', ...bearer(token) }, signal);
        if (response.statusCode === 401) say('warn', what, `/stream ${TOKEN_NEEDED}`);
        else if (await hasBeat(response, signal)) say('ok', what, `one came after ${seconds()} s`);
        else
          say(
            'fail',
            what,
            `the stream was ended after ${seconds()} s: let the proxy wait longer (nginx: proxy_read_timeout 1h)`,
          );
      } catch (error) {
        if (!enough.signal.aborted) throw error;
        say(
          'fail',
          what,
          `none came within ${seconds()} s: a proxy holds them back, switch its buffering off for /stream`,
        );
      } finally {
        timer.cancel();
        enough.abort();
      }
    },
  };
}

/** Whether a comment comes before the stream ends: a line that begins with a colon (HTML Standard, section 9.2.5). */
async function hasBeat(response: IncomingMessage, signal: AbortSignal): Promise<boolean> {
  let tail = '\n';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      if (`${tail}${chunk}`.includes('\n:')) return true;
      tail = String(chunk).slice(-1);
    }
  } catch (error) {
    // Cut, and not by us: that is an end too.
    if (signal.aborted) throw error;
  }
  return false;
}
