import type { Api, HistoryPage } from '../connection/api.ts';
import type { ChatState } from './chat-state.ts';

const PAGE = 50;

/** Reads the messages that were before: the newest ones at the beginning, older ones when they are scrolled to. */
export class History {
  /** Names the history that is shown, as CONNECTED did; undefined before there is one. */
  epoch: string | undefined;
  readonly #state: ChatState;
  readonly #api: Pick<Api, 'history'>;
  #early: Promise<HistoryPage> | undefined;

  constructor(state: ChatState, api: Pick<Api, 'history'>) {
    this.#state = state;
    this.#api = api;
  }

  /** Asks for the newest messages while the first session is still being made. */
  readEarly(): void {
    this.#early = this.#api.history(PAGE);
    // A failure shows in `newest`.
    this.#early.catch(() => undefined);
  }

  /** The server that answered early may be another than the one that a session is made with. */
  forgetEarly(): void {
    this.#early = undefined;
  }

  /** The newest messages. Rejects as the API does. */
  newest(): Promise<HistoryPage> {
    const page = this.#early ?? this.#api.history(PAGE);
    this.#early = undefined;
    return page;
  }

  /** Reads the messages before the oldest one shown. */
  async older(): Promise<void> {
    const { log, older, complete } = this.#state;
    const { first } = log;
    if (first === undefined || complete.value || older.value === 'loading') return;
    older.value = 'loading';
    const { epoch } = this;
    try {
      const page = await this.#api.history(PAGE, first);
      // The list may have begun anew, or let go of its oldest, meanwhile: then this page does not join it.
      if (epoch === this.epoch && log.first === first) this.#state.prepend(page.messages);
      else older.value = 'ready';
    } catch {
      older.value = 'failed';
    }
  }
}
