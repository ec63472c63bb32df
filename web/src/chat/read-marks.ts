import type { Preferences } from '../preferences.ts';

/** How far each room was read, by the seq of the last message seen; kept in the browser. */
export class ReadMarks {
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  /** The last message seen of that history, or undefined where the room was never looked at. */
  read(room: string, epoch: string): number | undefined {
    const [of, seq] = (this.#preferences.get(keyOf(room)) ?? '').split(' ');
    return of === epoch && /^\d+$/.test(seq ?? '') ? Number(seq) : undefined;
  }

  set(room: string, epoch: string, seq: number): void {
    const read = this.read(room, epoch);
    if (read === undefined || seq > read) this.#preferences.set(keyOf(room), `${epoch} ${seq}`);
  }
}

function keyOf(room: string): string {
  return `read.${room}`;
}
