import type { Clock, Timer } from '../clock.ts';
import { isDeletion, type MessageStore } from '../engines/message-store.ts';
import { Refusal } from '../errors.ts';

/** Which messages: of a room, from a seq to a seq, both included. */
export interface ExportRange {
  readonly room: string;
  readonly from: number;
  readonly to: number;
}

const PAGE = 500;
/** Who takes nothing for so long is given up, in milliseconds. */
const PATIENCE = 30_000;

/** Exports of one instance: one at a time, read from the store page by page as it is taken. */
export class Exports {
  readonly #store: Pick<MessageStore, 'after'>;
  readonly #clock: Clock;
  #busy = false;

  constructor(store: Pick<MessageStore, 'after'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Begins one: lines of JSON, a message each, oldest first, a page of them at once. Who takes them calls `end` when that is
   * over, however it ends. Refused with `export-busy`.
   * @param stalled - called when nothing was taken for half a minute
   */
  begin(range: ExportRange, stalled: () => void): { readonly pages: AsyncIterable<string>; end(): void } {
    if (this.#busy) throw new Refusal('export-busy');
    this.#busy = true;
    let timer: Timer | undefined;
    const wait = (): void => {
      timer?.cancel();
      timer = this.#clock.after(PATIENCE, stalled);
    };
    wait();
    const end = (): void => {
      timer?.cancel();
      this.#busy = false;
    };
    return { pages: this.#pages(range, wait), end };
  }

  async *#pages({ room, from, to }: ExportRange, taken: () => void): AsyncGenerator<string> {
    for (let after = from - 1; after < to; ) {
      const entries = await this.#store.after(room, after, PAGE, 'messages');
      const lines = entries.flatMap((entry) => {
        if (isDeletion(entry) || entry.seq > to) return [];
        const { seq, id, sender, content, time } = entry;
        return [`${JSON.stringify({ seq, id, sender, content, time })}\n`];
      });
      taken();
      if (lines.length > 0) yield lines.join('');
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      after = last.seq;
    }
  }
}
