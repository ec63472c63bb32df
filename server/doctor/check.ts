import type { Clock } from '../clock.ts';
import type { Finding, Level, Say } from './finding.ts';

/** Something that is looked at. */
export interface Check {
  /** Names it where it could not be looked at. */
  readonly what: string;
  /** How long it may take, in milliseconds; 5 s by default. */
  readonly limit?: number;
  /**
   * Says what it finds, as it finds it. What it throws is a failure too. When `signal` aborts, nobody listens any more:
   * it lets go of its connections.
   */
  run(say: Say, signal: AbortSignal): Promise<void>;
}

const LIMIT = 5_000;

/** Runs the checks one after the other, each within its limit; resolves to whether none has failed. */
export async function runChecks(
  checks: readonly Check[],
  clock: Clock,
  print: (finding: Finding) => void,
): Promise<boolean> {
  let healthy = true;
  for (const check of checks) {
    await runCheck(check, clock, (finding) => {
      if (finding.level === 'fail') healthy = false;
      print(finding);
    });
  }
  return healthy;
}

async function runCheck(check: Check, clock: Clock, print: (finding: Finding) => void): Promise<void> {
  const { what, limit = LIMIT } = check;
  const over = new AbortController();
  const say = (level: Level, about: string, text: string): void => {
    if (!over.signal.aborted) print({ level, what: about, text });
  };
  const late = Promise.withResolvers<never>();
  const timer = clock.after(limit, () => late.reject(new Error(`no answer within ${limit / 1_000} s`)));
  try {
    await Promise.race([check.run(say, over.signal), late.promise]);
  } catch (error) {
    say('fail', what, error instanceof Error ? error.message : String(error));
  } finally {
    timer.cancel();
    over.abort();
  }
}
