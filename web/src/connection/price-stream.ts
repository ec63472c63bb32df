import type { Clock, Timer } from '../clock.ts';
import { Link, type LinkState } from './link.ts';
import { type PriceEvent, readPriceEvent } from './price-event.ts';

/** What is read of an event. */
export interface StreamEvent {
  readonly data: string;
  readonly lastEventId: string;
}

/** The part of an EventSource that is used. */
export interface EventSourceLike {
  onopen: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  addEventListener(type: string, listener: (event: StreamEvent) => void): void;
  close(): void;
}

/** What brings prices, wherever from. */
export interface Prices {
  /** Somebody looks at the page. */
  start(): void;
  /** Nobody does; `start` goes on. */
  stop(): void;
  /** There is reason to believe that the server can be reached now. */
  wake(): void;
  /** The connection is not to be trusted any more: opens another. */
  renew(): void;
}

export interface PriceStreamOptions {
  readonly clock: Clock;
  readonly random: () => number;
  open(url: string): EventSourceLike;
  event(event: PriceEvent): void;
  changed(state: LinkState): void;
}

/** The newest of each symbol so often, in milliseconds, is enough where nobody looks. */
const SLOW_MS = 1_000;
const TYPES = ['market-tick', 'market-snapshot', 'market-status'];
/** An open stream on which nothing comes for so long is opened anew: the way to the server may be dead without a sign. */
const SILENCE_MS = 60_000;

/**
 * The market's events, for as long as it runs. An EventSource would reconnect by itself, but at a fixed pace and, in some
 * browsers, not after a refused connection; so each failure closes it, and a new one goes on after the last event's id.
 */
export class PriceStream implements Prices {
  readonly #options: PriceStreamOptions;
  #link: Link;
  #source: EventSourceLike | undefined;
  #lastId = '';
  #slow = false;
  #silence: Timer | undefined;

  constructor(options: PriceStreamOptions) {
    this.#options = options;
    this.#link = this.#newLink();
  }

  start(): void {
    this.#link.start();
  }

  /** Lets the connection go and keeps the place; `start` goes on from it. */
  stop(): void {
    this.#link.stop();
    this.#close();
    if (this.#link.state !== 'connecting') this.#options.changed('connecting');
    this.#link = this.#newLink();
  }

  wake(): void {
    this.#link.wake();
  }

  renew(): void {
    if (this.#source === undefined) return;
    this.#close();
    this.#link.failed();
  }

  /** The next connection goes on after the event with this id; after none, where it is empty: with a snapshot. */
  goOnFrom(id: string): void {
    this.#lastId = id;
  }

  /** From now on only the newest of each symbol once a second, or everything again, beginning with a snapshot. */
  slow(slow: boolean): void {
    if (slow === this.#slow) return;
    this.#slow = slow;
    this.#lastId = '';
    if (this.#source === undefined) return;
    this.#close();
    this.#open();
  }

  #newLink(): Link {
    const { clock, random, changed } = this.#options;
    return new Link({ clock, random, open: () => this.#open(), changed });
  }

  #open(): void {
    const source = this.#options.open(this.#url());
    this.#source = source;
    source.onopen = () => {
      this.#heard();
      this.#link.succeeded();
    };
    source.onerror = () => this.renew();
    for (const type of TYPES) source.addEventListener(type, (event) => this.#take(type, event));
  }

  #url(): string {
    if (this.#slow) return `/stream?interval=${SLOW_MS}`;
    return this.#lastId === '' ? '/stream' : `/stream?lastEventId=${encodeURIComponent(this.#lastId)}`;
  }

  #take(type: string, { data, lastEventId }: StreamEvent): void {
    this.#heard();
    const event = readPriceEvent(type, data, lastEventId);
    if (event === undefined) return;
    if (this.#slow) {
      this.#options.event(withoutPlace(event));
      return;
    }
    // The place moves with what was taken, never before it.
    this.#options.event(event);
    this.#lastId = lastEventId;
  }

  #heard(): void {
    this.#silence?.cancel();
    this.#silence = this.#options.clock.after(SILENCE_MS, () => this.renew());
  }

  #close(): void {
    this.#silence?.cancel();
    this.#silence = undefined;
    this.#source?.close();
    this.#source = undefined;
  }
}

function withoutPlace(event: PriceEvent): PriceEvent {
  if (event.kind === 'tick') return { kind: 'newest', ticks: [event.tick] };
  return event.kind === 'snapshot' ? { kind: 'newest', ticks: event.ticks } : event;
}
