import type { Fuzzer } from './fuzzer.ts';
import { mutatedStomp, structuredStomp } from './stomp.ts';

/** Everything that `npm run test:fuzz` runs. */
export const fuzzers: readonly Fuzzer[] = [structuredStomp, mutatedStomp];
