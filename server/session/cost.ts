/** A session that has cost so many milliseconds waits until others have had a turn. */
const TURN_TIME = 1;
/** What it has cost is forgotten at this part of the time that passes: who costs less of a core than that never waits. */
const FORGOTTEN = 0.01;
/** What a session has cost that has just waited; while many are read at once, one waits from here on. */
const HEAVY = TURN_TIME / 2;

/** What the frames of a session have cost lately. */
export class Cost {
  #spent = 0;

  /** So many milliseconds have passed. */
  forget(passed: number): void {
    this.#spent = Math.max(0, this.#spent - passed * FORGOTTEN);
  }

  /** A frame has cost so many milliseconds. */
  add(ms: number): void {
    this.#spent += ms;
  }

  /** Whether it has to wait for its next turn. */
  isDue(crowded: boolean): boolean {
    return this.#spent >= (crowded ? HEAVY : TURN_TIME);
  }

  /** It waits now. */
  rest(): void {
    this.#spent = HEAVY;
  }
}
