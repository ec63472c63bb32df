import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock, Timer } from '../clock.ts';
import type { Backplane } from '../engines/backplane.ts';
import type { Hub } from '../hub/hub.ts';
import { type Author, isName, MAX_NAME, nameOf } from './author.ts';
import { LatestState } from './latest.ts';
import type { ChatStats } from './stats.ts';
import { readTypist } from './typist.ts';

export interface TypingOptions {
  readonly hub: Hub;
  readonly backplane: Backplane;
  readonly clock: Clock;
  readonly stats: ChatStats;
  /** Names this instance among the others. */
  readonly instance: string;
}

/** Who types: at most five names, and how many there are. */
interface Typists {
  readonly users: readonly string[];
  readonly count: number;
}

/** What an instance says of its own typists, on `typing-channel`. The newest of an instance is what counts. */
const reportSchema = Type.Object({
  from: Type.String({ minLength: 1, maxLength: 200 }),
  users: Type.Array(Type.String({ minLength: 1, maxLength: MAX_NAME }), { maxItems: 5 }),
  count: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
});
const validator = Compile(reportSchema);

/** Who has not said it again for so long types no more, in milliseconds. */
const EXPIRY = 3_000;
/** The least time between two states, in milliseconds. */
const PACE = 250;
/** An instance with typists says so again at least so often, in milliseconds, so that the others do not forget them. */
const REPORT_PACE = 1_000;
const MAX_SHOWN = 5;
/** Typists of this instance that count, and other instances that are listened to, at most. */
const MAX_TYPISTS = 10_000;
const MAX_INSTANCES = 1_000;
const MAX_PAYLOAD = 8_192;

/**
 * Who is typing. What sessions say is only noted; at most four times a second the notes become a state for everyone and
 * a report to the other instances. So a flood of notes costs the others nothing.
 */
export class Typing {
  readonly state: LatestState;
  readonly #options: TypingOptions;
  /** Sessions of this instance that type, in the order in which they began. */
  readonly #typists = new Map<string, { readonly name: string; expires: number }>();
  /** What other instances said last. */
  readonly #others = new Map<string, Typists & { readonly expires: number }>();
  #timer: Timer | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #reported = '';
  #reportedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: TypingOptions) {
    this.#options = options;
    this.state = new LatestState(options.hub, 'typing', options.instance, { users: [], count: 0 });
  }

  /** Notes what a session says: `{"sender"?, "typing"}`. Throws a `Refusal`. */
  say(body: unknown, author: Author): void {
    this.read(body, author)();
  }

  /** Reads what a session says, to be noted later by the function that is returned. Throws a `Refusal`. */
  read(body: unknown, author: Author): () => void {
    const { sender, typing } = readTypist(body);
    const name = nameOf(author, sender);
    return typing ? () => this.#note(author, name) : () => this.ended(author.session);
  }

  #note(author: Author, name: string): void {
    const expires = this.#options.clock.monotonic() + EXPIRY;
    const known = this.#typists.get(author.session);
    if (known?.name === name) known.expires = expires;
    else if (known !== undefined || this.#typists.size < MAX_TYPISTS) {
      this.#typists.set(author.session, { name, expires });
      this.#schedule();
    }
  }

  /** The session types no more, or is gone. */
  ended(session: string): void {
    if (this.#typists.delete(session)) this.#schedule();
  }

  /** A payload of `typing-channel`. */
  hear(payload: string): void {
    const report = readReport(payload);
    if (report === undefined) {
      this.#options.stats.strange++;
      return;
    }
    const { from, users, count } = report;
    if (from === this.#options.instance) return;
    const known = this.#others.has(from);
    if (count === 0) this.#others.delete(from);
    else if (known || this.#others.size < MAX_INSTANCES) {
      this.#others.set(from, { users, count, expires: this.#options.clock.monotonic() + EXPIRY });
    }
    if (known || count > 0) this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, this.#shownAt + PACE - clock.monotonic()), () => {
      this.#timer = undefined;
      this.#show();
    });
  }

  #show(): void {
    const now = this.#options.clock.monotonic();
    this.#shownAt = now;
    expire(this.#typists, now);
    expire(this.#others, now);
    const own = this.#own();
    this.#report(own, now);
    const all: (readonly [string, Typists])[] = [[this.#options.instance, own], ...this.#others];
    this.state.set(merge(all.sort(byInstance).map(([, typists]) => typists)));
    if (this.#typists.size > 0 || this.#others.size > 0) this.#schedule();
  }

  #own(): Typists {
    const names = new Set<string>();
    for (const { name } of this.#typists.values()) names.add(name);
    return { users: [...names].slice(0, MAX_SHOWN), count: names.size };
  }

  #report(own: Typists, now: number): void {
    const { backplane, instance } = this.#options;
    const payload = JSON.stringify({ from: instance, ...own });
    const due = own.count > 0 && now - this.#reportedAt >= REPORT_PACE;
    const nothingYet = own.count === 0 && this.#reported === '';
    if (nothingYet || (payload === this.#reported && !due)) return;
    this.#reported = payload;
    this.#reportedAt = now;
    // What is lost is made good by the next report, or forgotten by the others in time.
    if (backplane.up) backplane.publish('typing-channel', payload).catch(() => undefined);
  }
}

function expire(entries: Map<string, { readonly expires: number }>, now: number): void {
  for (const [key, { expires }] of entries) if (expires <= now) entries.delete(key);
}

/** The same order everywhere, so that everyone reads the same line. */
function byInstance([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** All typists together; a name that two instances show is counted once. */
function merge(all: readonly Typists[]): Typists {
  const names = new Set<string>();
  let count = 0;
  for (const typists of all) {
    const before = names.size;
    for (const name of typists.users) names.add(name);
    count += typists.count - (typists.users.length - (names.size - before));
  }
  return { users: [...names].slice(0, MAX_SHOWN), count };
}

function readReport(payload: string): Type.Static<typeof reportSchema> | undefined {
  if (payload.length > MAX_PAYLOAD) return undefined;
  try {
    const value: unknown = JSON.parse(payload);
    return validator.Check(value) && value.users.every(isName) && value.count >= value.users.length ? value : undefined;
  } catch {
    return undefined;
  }
}
