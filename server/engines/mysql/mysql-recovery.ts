import type { Clock, Timer } from '../../clock.ts';
import type { Session } from './mysql-session.ts';

export interface RecoveryOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  open(): Promise<Session>;
  /** The server answers again, by this session. */
  back(session: Session): void;
  failed(error: unknown): void;
}

/** The first pause between two attempts and the longest, in milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/**
 * Asks, after trouble, whether the server answers, one attempt after the other with growing, jittered pauses. When it does
 * it first ends the sessions that were lost: to the server they may be alive, with the lock of a room in their hands.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #dead = new Set<string>();
  #running: Promise<void> | undefined;
  #stopped = false;
  #timer: Timer | undefined;
  #wake: () => void = () => undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** A session was lost in the middle of something: it is ended over there as soon as that can be. */
  mourn(mark: string): void {
    this.#dead.add(mark);
    this.begin();
  }

  begin(): void {
    if (!this.#stopped) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!(await this.#attempt()) && !this.#stopped) {
      await this.#pause(pause * (0.5 + this.#options.random() / 2));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    this.#running = undefined;
    // One may have been lost since the last attempt looked.
    if (this.#dead.size > 0) this.begin();
  }

  async #attempt(): Promise<boolean> {
    try {
      const session = await this.#options.open();
      try {
        for (const mark of this.#dead) {
          await session.kill(mark);
          this.#dead.delete(mark);
        }
      } catch (error) {
        session.destroy();
        throw error;
      }
      this.#options.back(session);
      return true;
    } catch (error) {
      this.#options.failed(error);
      return false;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#options.clock.after(ms, resolve);
    });
  }
}
