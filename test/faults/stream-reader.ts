import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { Tick } from '../../server/engines/tick-log.ts';
import { Absence } from './absence.ts';
import { Hearing } from './hearing.ts';

/** A tick as a reader keeps it. */
interface NumberedTick {
  readonly symbol: string;
  readonly number: number;
}

/** Gives equal ticks the same number, so that a reader keeps numbers and not texts. */
export class TickNumbers {
  readonly #numbers = new Map<string, number>();
  /** By its text as it was sent: a hundred readers get the same one, and it is parsed once. */
  readonly #read = new Map<string, NumberedTick>();

  read(text: string): NumberedTick {
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const tick: Tick = JSON.parse(text);
    const read = { symbol: tick.symbol, number: this.of(tick) };
    this.#read.set(text, read);
    return read;
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
  #request: ClientRequest | undefined;
  #text = '';
  #ended = false;

  constructor(urls: readonly string[], turn: number, numbers: TickNumbers) {
    this.#urls = urls;
    this.#turn = turn;
    this.#numbers = numbers;
    this.#connect();
  }

  cut(): void {
    this.#request?.destroy();
  }

  end(): void {
    this.#ended = true;
    this.cut();
  }

  #connect(): void {
    if (this.#ended) return;
    const url = this.#urls[this.#turn++ % this.#urls.length] ?? '';
    const headers = this.#id === undefined ? {} : { 'last-event-id': this.#id };
    this.#text = '';
    const request = get(`${url}/stream`, { headers, agent: false, timeout: SILENCE }, (response) =>
      this.#read(response),
    );
    this.#request = request;
    request.on('timeout', () => request.destroy());
    request.on('error', () => undefined);
    request.on('close', () => {
      this.absence.begins();
      setTimeout(() => this.#connect(), RETURN + Math.random() * RETURN);
    });
  }

  #read(response: IncomingMessage): void {
    if (response.statusCode === 200) this.absence.ends();
    response.setEncoding('utf8');
    response.on('error', () => undefined);
    response.on('data', (text: string) => {
      const blocks = (this.#text + text).split('\n\n');
      this.#text = blocks.pop() ?? '';
      for (const block of blocks) this.#block(block);
    });
  }

  #block(block: string): void {
    let event = '';
    let id = '';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line.startsWith('id:')) id = line.slice(3).trim();
      else if (line.startsWith('data:')) data = line.slice(5);
    }
    if (event === 'market-snapshot') this.#snapshot(id);
    else if (event === 'market-tick') this.#tick(this.#numbers.read(data), id);
  }

  #snapshot(id: string): void {
    this.#moved(id);
    if (this.start === undefined) this.start = this.offsets;
    else this.resets++;
  }

  #tick({ symbol, number }: NumberedTick, id: string): void {
    this.#moved(id);
    this.hearing.heard();
    const ticks = this.ticks.get(symbol);
    if (ticks === undefined) this.ticks.set(symbol, [number]);
    else ticks.push(number);
  }

  #moved(id: string): void {
    this.#id = id;
    this.offsets = id
      .slice(id.lastIndexOf(':') + 1)
      .split(',')
      .map(Number);
  }
}
