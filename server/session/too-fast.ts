import type { Clock } from '../clock.ts';
import type { Refusal } from '../errors.ts';

/**
 * Who is too fast is told so after so many milliseconds. Its frames are in flight as long, so that one who does not care is
 * read, and refused, no faster than as many frames as may be in flight in this time.
 */
const TOO_FAST_TIME = 100;

/** Work that does nothing, and is refused a little later. */
export function refusedLater(refusal: Refusal, clock: Clock): Promise<void> {
  return new Promise((_, reject) => void clock.after(TOO_FAST_TIME, () => reject(refusal)));
}
