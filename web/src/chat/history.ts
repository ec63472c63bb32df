import type { Api, HistoryPage } from '../connection/api.ts';
import type { RoomState } from './room-state.ts';

/** The newest messages to begin with. */
const NEWEST = 50;
/** Older ones at a time. */
const OLDER = 100;

/** Reads a room's messages that were before: the newest ones at the beginning, older ones when they are scrolled to. */
export class History {
  /** Names the history that is shown, as CONNECTED did; undefined before there is one. */
  epoch: string | undefined;
  readonly #room: RoomState;
  readonly #api: Pick<Api, 'history'>;
  readonly #changed: () => void;
  #early: Promise<HistoryPage> | undefined;

  constructor(room: RoomState, api: Pick<Api, 'history'>, changed: () => void) {
    this.#room = room;
    this.#api = api;
    this.#changed = changed;
  }

  /** Asks for the newest messages while the first session is still being made. */
  readEarly(): void {
    this.#early = this.#api.history(this.#room.name, NEWEST);
    // A failure shows in `newest`.
    this.#early.catch(() => undefined);
  }

  /** The server that answered early may be another than the one that a session is made with. */
  forgetEarly(): void {
    this.#early = undefined;
  }

  /** The newest messages. Rejects as the API does. */
  newest(): Promise<HistoryPage> {
    const page = this.#early ?? this.#api.history(this.#room.name, NEWEST);
    this.#early = undefined;
    return page;
  }

  /** The seq of the newest message that is stored, or undefined where it cannot be told. */
  async head(): Promise<number | undefined> {
    try {
      return (await this.#api.history(this.#room.name, 1)).head;
    } catch {
      return undefined;
    }
  }

  /** Reads the messages before the oldest one shown. */
  async older(): Promise<void> {
    const { name, log, older, complete } = this.#room;
    const { first } = log;
    if (first === undefined || complete.value || older.value === 'loading') return;
    older.value = 'loading';
    const { epoch } = this;
    try {
      const page = await this.#api.history(name, OLDER, first);
      // The list may have begun anew, or let go of its oldest, meanwhile: then this page does not join it.
      if (epoch === this.epoch && log.first === first) this.#room.prepend(page.messages);
      else older.value = 'ready';
      this.#changed();
    } catch {
      older.value = 'failed';
    }
  }
}
