import type { Clock } from '../clock.ts';

/** A client of a transport, as who empties the instance sees it. */
export interface Guest {
  /**
   * Tells it to go elsewhere, and ends its connection when what it sent is answered. One that is gone hears nothing.
   * @param chance - a number in [0, 1): how late, of what is allowed, it may come back
   */
  leave(chance: number): void;
}

/** A transport that can be emptied. */
export interface Drainable {
  /** Takes nobody new from here on; returns all who are there. */
  drain(): readonly Guest[];
}

export interface DrainOptions {
  readonly clock: Clock;
  /** A number in [0, 1), like `Math.random`. */
  readonly random: () => number;
  readonly transports: readonly Drainable[];
  /** Over how many milliseconds. */
  readonly window: number;
}

/** So few clients a second, over all processes of an instance, are no load worth spreading: a window is never longer than that takes. */
const GENTLE = 200;
/** The middle pause between two batches, in milliseconds. */
const STEP = 50;

/** The milliseconds in which so many clients are told to go; `most` at most. */
export function drainWindow(clients: number, most: number): number {
  return Math.min(most, (clients / GENTLE) * 1_000);
}

/**
 * Tells all clients to go elsewhere, evenly over the window, in batches at jittered times and in an order of chance: the others
 * get them as a steady trickle, from each transport alike. Resolves when the last one was told.
 */
export async function drain({ clock, random, transports, window }: DrainOptions): Promise<void> {
  const guests = shuffled(
    transports.flatMap((transport) => transport.drain()),
    random,
  );
  const start = clock.monotonic();
  for (let told = 0; told < guests.length; ) {
    const pause = STEP * (0.5 + random());
    if (window > 0) await new Promise<void>((go) => void clock.after(Math.min(pause, window), go));
    const passed = window > 0 ? (clock.monotonic() - start) / window : 1;
    const due = Math.min(guests.length, Math.ceil(guests.length * passed));
    for (; told < due; told++) guests[told]?.leave(random());
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [one, two] = [mixed[last], mixed[other]];
    // Both are inside the list.
    if (one !== undefined && two !== undefined) [mixed[last], mixed[other]] = [two, one];
  }
  return mixed;
}
