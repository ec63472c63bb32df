import type { Clock } from '../clock.ts';
import type { Refusal } from '../errors.ts';

/**
 * Who is too fast is told so after so many milliseconds. Its frames are in flight as long, so that one who does not care is
 * read, and refused, no faster than as many frames as may be in flight in this time.
 */
const TOO_FAST_TIME = 100;

/** Rejects with the refusal of what came too fast, but not yet. */
export function refuseLater(refusal: Refusal, clock: Clock): Promise<never> {
  return new Promise((_, reject) => void clock.after(TOO_FAST_TIME, () => reject(refusal)));
}
