import type { Clock, Timer } from '../clock.ts';
import { isTick, type Tick } from '../market/tick.ts';
import { Link, type LinkState } from './link.ts';

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

export interface PriceStreamOptions {
  readonly clock: Clock;
  readonly random: () => number;
  open(url: string): EventSourceLike;
  /** One tick, in its place: none is missing between it and the one before. */
  tick(tick: Tick): void;
  /** The newest of every symbol; ticks may be missing between it and what came before. */
  snapshot(ticks: readonly Tick[]): void;
  /** Whether the server knows its prices to be the newest; it says so only where it can tell. */
  status(state: 'live' | 'stale'): void;
  changed(state: LinkState): void;
}

/** An open stream on which nothing comes for so long is opened anew: the way to the server may be dead without a sign. */
const SILENCE_MS = 60_000;

/**
 * The market's events, for as long as it runs. An EventSource would reconnect by itself, but at a fixed pace and, in some
 * browsers, not after a refused connection; so each failure closes it, and a new one goes on after the last event's id.
 */
export class PriceStream {
  readonly #options: PriceStreamOptions;
  readonly #link: Link;
  #source: EventSourceLike | undefined;
  #lastId = '';
  #silence: Timer | undefined;

  constructor(options: PriceStreamOptions) {
    this.#options = options;
    this.#link = new Link({
      clock: options.clock,
      random: options.random,
      open: () => this.#open(),
      changed: options.changed,
    });
  }

  start(): void {
    this.#link.start();
  }

  /** Lets the connection go and keeps the place; `start` goes on from it. */
  stop(): void {
    this.#link.stop();
    this.#close();
  }

  wake(): void {
    this.#link.wake();
  }

  /** The connection is not to be trusted any more: opens another. */
  renew(): void {
    if (this.#source === undefined) return;
    this.#close();
    this.#link.failed();
  }

  #open(): void {
    const url = this.#lastId === '' ? '/stream' : `/stream?lastEventId=${encodeURIComponent(this.#lastId)}`;
    const source = this.#options.open(url);
    this.#source = source;
    source.onopen = () => {
      this.#heard();
      this.#link.succeeded();
    };
    source.onerror = () => this.renew();
    source.addEventListener('market-tick', (event) => this.#take(event, (body) => this.#tick(body)));
    source.addEventListener('market-status', (event) => this.#take(event, (body) => this.#status(body)));
    source.addEventListener('market-snapshot', (event) => this.#take(event, (body) => this.#snapshot(body)));
  }

  #take(event: StreamEvent, use: (body: unknown) => void): void {
    this.#heard();
    let body: unknown;
    try {
      body = JSON.parse(event.data);
    } catch {
      return;
    }
    // The place moves with what was taken, never before it.
    use(body);
    this.#lastId = event.lastEventId;
  }

  #tick(body: unknown): void {
    if (isTick(body)) this.#options.tick(body);
  }

  #status(body: unknown): void {
    if (typeof body !== 'object' || body === null || !('state' in body)) return;
    if (body.state === 'live' || body.state === 'stale') this.#options.status(body.state);
  }

  #snapshot(body: unknown): void {
    if (typeof body !== 'object' || body === null || !('ticks' in body) || !Array.isArray(body.ticks)) return;
    this.#options.snapshot(body.ticks.filter(isTick));
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
