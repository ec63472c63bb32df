import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';

/** A line of the log that tells of something wrong. */
export interface Trouble {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly level: 'warn' | 'error';
  readonly text: string;
  /** What the error said, where there was one. */
  readonly detail?: string;
}

const MOST = 100;
const MOST_DETAIL = 300;

/** The last warnings and errors of the log, the newest last. */
export class RecentTroubles {
  readonly #clock: Clock;
  readonly #clean: (line: string) => string;
  #kept: Trouble[] = [];

  /** @param clean - takes out of a text what must not be shown, as it does for the log itself */
  constructor(clock: Clock, clean: (line: string) => string) {
    this.#clock = clock;
    this.#clean = clean;
  }

  get all(): readonly Trouble[] {
    return this.#kept;
  }

  /** The same log, which also writes here. */
  watch(log: Logger): Logger {
    return {
      debug: (fields, text) => log.debug(fields, text),
      info: (fields, text) => log.info(fields, text),
      warn: (fields, text) => {
        this.#keep('warn', fields, text);
        log.warn(fields, text);
      },
      error: (fields, text) => {
        this.#keep('error', fields, text);
        log.error(fields, text);
      },
    };
  }

  #keep(level: Trouble['level'], fields: object, text: string): void {
    const { err, error = err } = fields as { readonly err?: unknown; readonly error?: unknown };
    const said = error instanceof Error ? error.message : error === undefined ? '' : `${error}`;
    const detail = this.#clean(said).slice(0, MOST_DETAIL);
    this.#kept.push({ time: this.#clock.now(), level, text: this.#clean(text), ...(detail !== '' && { detail }) });
    if (this.#kept.length > MOST) this.#kept = this.#kept.slice(-MOST);
  }
}
