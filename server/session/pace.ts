import type { HeartBeat } from '../protocol/stomp/heart-beat.ts';

/** What we say in CONNECTED: we can beat every 10 s, and would like to hear something every 20 s. In milliseconds. */
export const SERVER_BEAT: HeartBeat = { promised: 10_000, wanted: 20_000 };

/** A background tab may be throttled to one timer a minute: silence up to here is no sign of death. */
const PATIENCE = 75_000;
/**
 * A beat goes to whoever was quiet for the first share of the interval already, and everyone is looked at somewhere between
 * the two, so that those who got the same event do not all get their beat in one moment.
 */
const EARLIEST = 0.7;
const LATEST = 0.95;
/** A client that takes no bytes now is not looked at more often than this. */
const SOONEST = 1_000;

/** The heart-beats that a session and its client agreed on (STOMP 1.2, "Heart-beating"). All times in milliseconds. */
export class Pace {
  /** How often we must have sent something; `Infinity` when the client does not want it. */
  readonly #interval: number;
  /**
   * How long the client may be silent; `Infinity` when it promised nothing. One that promised beats rarer than we want
   * gets half of its own interval on top.
   */
  readonly #patience: number;

  constructor(client: HeartBeat) {
    this.#interval = client.wanted === 0 ? Number.POSITIVE_INFINITY : Math.max(SERVER_BEAT.promised, client.wanted);
    this.#patience = client.promised === 0 ? Number.POSITIVE_INFINITY : Math.max(PATIENCE, client.promised * 1.5);
  }

  /** Whether a client that has got nothing for so long should get a beat. */
  beatIsDue(quiet: number): boolean {
    return quiet >= this.#interval * EARLIEST;
  }

  /** Whether a client that has sent nothing for so long is taken for dead. */
  isDead(silence: number): boolean {
    return silence >= this.#patience;
  }

  /** In how many milliseconds to look again; `Infinity` when there is nothing to look for. `random` is in [0, 1). */
  next(quiet: number, silence: number, random: number): number {
    const beat = this.#interval * (EARLIEST + random * (LATEST - EARLIEST)) - quiet;
    return Math.max(SOONEST, Math.min(beat, this.#patience - silence));
  }
}
