import type { Tick } from '../../server/engines/tick-log.ts';
import { Absence } from './absence.ts';
import { Hearing } from './hearing.ts';
import { Line } from './line.ts';
import { type MarketSaid, readMarket } from './market-reading.ts';
import { SharedReading } from './shared-reading.ts';

/** A tick as a reader keeps it. */
interface NumberedTick {
  readonly symbol: string;
  readonly number: number;
}

/** What all readers of a trial know together: equal ticks have the same number, so that a reader keeps numbers. */
export class TickNumbers {
  readonly reading = new SharedReading<MarketSaid>(readMarket);
  readonly #numbers = new Map<string, number>();
  /** A tick is read once for all who get the same bytes. */
  readonly #numbered = new WeakMap<Tick, NumberedTick>();

  numbered(tick: Tick): NumberedTick {
    const known = this.#numbered.get(tick);
    if (known !== undefined) return known;
    const numbered = { symbol: tick.symbol, number: this.of(tick) };
    this.#numbered.set(tick, numbered);
    return numbered;
  }

  of({ time, price, size }: Tick): number {
    const text = `${time} ${price} ${size}`;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    return number;
  }
}

const RETURN = 100;
/** Heart-beats come every 15 s: after this silence, in milliseconds, a stream is dead. */
const SILENCE = 20_000;

/** A reader of `/stream` who always comes back, to the next instance, with the last id. It keeps all that came. */
export class StreamReader {
  /** Ticks by symbol, in the order in which they came. */
  readonly ticks = new Map<string, number[]>();
  /** The offsets of the first snapshot; what came since is in `ticks`. */
  start: readonly number[] | undefined;
  /** The offsets after the last event. */
  offsets: readonly number[] = [];
  /** Snapshots after the first one: each says that ticks are missing. */
  resets = 0;
  readonly absence = new Absence();
  readonly hearing = new Hearing();
  readonly #urls: readonly string[];
  readonly #numbers: TickNumbers;
  #turn: number;
  #id: string | undefined;
  #line: Line<MarketSaid> | undefined;
  #ended = false;

  constructor(urls: readonly string[], turn: number, numbers: TickNumbers) {
    this.#urls = urls;
    this.#turn = turn;
    this.#numbers = numbers;
    this.#connect();
  }

  cut(): void {
    this.#line?.cut();
  }

  end(): void {
    this.#ended = true;
    this.cut();
  }

  #connect(): void {
    if (this.#ended) return;
    const resumed = this.#id === undefined ? '' : `Last-Event-ID: ${this.#id}\r\n`;
    this.#line = new Line({
      url: this.#urls[this.#turn++ % this.#urls.length] ?? '',
      request: `GET /stream HTTP/1.1\r\nHost: localhost\r\n${resumed}\r\n`,
      status: 200,
      silence: SILENCE,
      reading: this.#numbers.reading,
      opened: () => this.absence.ends(),
      said: (said) => this.#take(said),
      closed: () => this.#closed(),
    });
  }

  #closed(): void {
    this.absence.begins();
    setTimeout(() => this.#connect(), RETURN + Math.random() * RETURN);
  }

  #take(all: readonly MarketSaid[]): void {
    for (const said of all) {
      this.#id = said.id;
      this.offsets = said.offsets;
      if (said.kind === 'tick') this.#tick(this.#numbers.numbered(said.tick));
      else if (this.start === undefined) this.start = said.offsets;
      else this.resets++;
    }
    if (all.some(({ kind }) => kind === 'tick')) this.hearing.heard();
  }

  #tick({ symbol, number }: NumberedTick): void {
    const ticks = this.ticks.get(symbol);
    if (ticks === undefined) this.ticks.set(symbol, [number]);
    else ticks.push(number);
  }
}
