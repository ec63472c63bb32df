import type { Leadership, LeadershipListener } from '../leadership.ts';

/**
 * The leadership of one process, where a single instance is the only member and leads. Those made with the same `members`
 * are one group: the first that has started leads, and when it is closed, the next.
 */
export class SoleLeader implements Leadership {
  readonly #members: Set<SoleLeader>;
  #listener: LeadershipListener | undefined;
  #closed = false;

  constructor(members: Set<SoleLeader> = new Set()) {
    this.#members = members;
  }

  async start(listener: LeadershipListener): Promise<void> {
    if (this.#closed || this.#listener) throw new Error('a member starts once, before it is closed');
    this.#listener = listener;
    this.#members.add(this);
    if (this.isLeader()) this.#tell();
  }

  isLeader(): boolean {
    // A set keeps the order in which its members came.
    const [first] = this.#members;
    return first === this;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const led = this.isLeader();
    this.#members.delete(this);
    const [next] = this.#members;
    if (led && next) next.#tell();
  }

  #tell(): void {
    queueMicrotask(() => {
      if (this.isLeader()) this.#listener?.elected();
    });
  }
}
