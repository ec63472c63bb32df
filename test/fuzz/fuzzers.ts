import { decoders } from './decoders.ts';
import type { Fuzzer, FuzzOutcome } from './fuzzer.ts';
import { http, httpSignedIn } from './http.ts';
import { settingsFuzzer } from './settings.ts';
import { sockjs } from './sockjs.ts';
import { sse } from './sse.ts';
import { mutatedStomp, structuredStomp } from './stomp.ts';
import { tokens } from './tokens.ts';
import { websocket } from './websocket.ts';

/** Every fuzzer there is. */
export const fuzzers: readonly Fuzzer[] = [
  ...decoders,
  sse,
  sockjs,
  structuredStomp,
  mutatedStomp,
  tokens,
  settingsFuzzer,
  http,
  httpSignedIn,
  websocket,
];

/** How much memory a fuzzer may cost: caches and logs fill up to their bounds. In bytes. */
export const MOST_GROWTH = 64 * 1_048_576;

/** Each fuzzer with its part of `count` inputs. Yields them one after the other, as they end. */
export async function* runAll(
  all: readonly Fuzzer[],
  count: number,
  seed: number,
): AsyncGenerator<{ readonly name: string; readonly outcome: FuzzOutcome; readonly seconds: number }> {
  const shares = all.reduce((sum, { share = 1 }) => sum + share, 0);
  for (const { name, share = 1, fuzz } of all) {
    const start = performance.now();
    const outcome = await fuzz(Math.ceil((count * share) / shares), seed);
    yield { name, outcome, seconds: (performance.now() - start) / 1_000 };
  }
}
