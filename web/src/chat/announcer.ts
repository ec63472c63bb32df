import type { Clock, Timer } from '../clock.ts';
import type { ShownMessage } from './message.ts';

const GATHER_MS = 4_000;
const SPOKEN_CHARACTERS = 140;

/** Tells a screen reader of others' new messages, gathered over some seconds so that a busy room does not chatter. */
export class Announcer {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  #waiting: Timer | undefined;
  #count = 0;
  #last: ShownMessage | undefined;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  heard(messages: readonly ShownMessage[]): void {
    if (messages.length === 0) return;
    this.#count += messages.length;
    this.#last = messages.at(-1);
    this.#waiting ??= this.#clock.after(GATHER_MS, () => this.#speak());
  }

  #speak(): void {
    const last = this.#last;
    const count = this.#count;
    this.#waiting = undefined;
    this.#count = 0;
    if (last === undefined) return;
    const text = `${last.sender}: ${last.content.slice(0, SPOKEN_CHARACTERS)}`;
    this.#say(count === 1 ? text : `${count} new messages. ${text}`);
  }
}
