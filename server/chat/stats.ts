import { Histogram, SECONDS } from '../histogram.ts';

/** Counters of the chat, ever rising. */
export class ChatStats {
  /** Messages committed by this instance. */
  accepted = 0;
  /** Sends whose message was committed before. */
  resent = 0;
  /** Sends refused for what they say: JSON, fields, id. */
  refused = 0;
  /** Messages deleted by moderators, through this instance. */
  deleted = 0;
  /** Old messages that retention took, through this instance. */
  trimmed = 0;
  /** Sends refused because the store takes nothing, or too many wait. */
  storeDown = 0;
  /** Sends whose fate stayed unknown. */
  storeUnknown = 0;
  /** Messages that came to a gate a second time. */
  duplicates = 0;
  /** Messages that a gate read from the store, because they did not come by the backplane. */
  filled = 0;
  /** Messages heard of that the store does not have. */
  ghosts = 0;
  /** Reads of the store by gates. */
  gateReads = 0;
  /** Payloads on the channels that could not be understood. */
  strange = 0;
  /** Seconds from when a message came until it was committed. */
  readonly receipts = new Histogram(SECONDS);
  /** Seconds that a commit took, and how many messages it had. */
  readonly commits = new Histogram(SECONDS);
  readonly groupSizes = new Histogram([1, 2, 5, 10, 20, 50, 100, 200, 500]);
  /** Seconds from a commit of another instance until its news was here. */
  readonly newsDelays = new Histogram(SECONDS);
  /** Messages that the backplane did not take. */
  unpublished = 0;
}
