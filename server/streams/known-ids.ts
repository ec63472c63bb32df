/** Events back to which an id is known: one that is sent again within them is not appended a second time. */
const WINDOW = 10_000;

/** The ids of a stream's newest events, and where they are. */
export class KnownIds {
  /** In the order of the positions. */
  readonly #positions = new Map<string, number>();
  /** Places of events whose id was there already. */
  readonly #repeats = new Set<number>();

  positionOf(id: string): number | undefined {
    return this.#positions.get(id);
  }

  /** Whether this place holds an event for a second time. Every instance that has read the window before it says the same. */
  isRepeat(position: number): boolean {
    return this.#repeats.has(position);
  }

  /** Takes the next event; false where it is a repeat. */
  add(id: string, position: number): boolean {
    const known = this.#positions.get(id);
    if (known !== undefined && known >= position - WINDOW) {
      this.#repeats.add(position);
      return false;
    }
    this.#positions.delete(id);
    this.#positions.set(id, position);
    for (const [old, at] of this.#positions) {
      if (at >= position - WINDOW) break;
      this.#positions.delete(old);
    }
    for (const at of this.#repeats) {
      if (at >= position - 10 * WINDOW) break;
      this.#repeats.delete(at);
    }
    return true;
  }
}
