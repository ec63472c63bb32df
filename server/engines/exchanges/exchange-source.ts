import type { Clock, Timer } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { MarketSource, Trade } from '../market-source.ts';
import { Connection } from './connection.ts';
import type { Exchange, Heard, ToldTrade } from './exchange.ts';
import type { ExchangeStats } from './exchange-stats.ts';
import { TradeIds } from './trade-ids.ts';

export interface ExchangeSourceOptions {
  readonly exchange: Exchange;
  /** Base and quote currency, as in `BTC-USD`. */
  readonly symbols: readonly string[];
  /** Another place than the exchange's own. */
  readonly url?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Evenly spread in [0, 1): for pauses. */
  readonly random: () => number;
  /** Counts on; several sources may share it. */
  readonly stats: ExchangeStats;
}

/** Every exchange of ours says something at least each second or two, or is asked to: what is silent for longer is gone. */
const SILENCE = 6_000;
/** A new connection has so long until the exchange confirms it, in milliseconds. */
const CONFIRM = 10_000;
const LOOK = 1_000;
/** The pause before a connection is tried again doubles from the one to the other, in milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** A connection that held for so long was a good one: the pauses begin anew. */
const GOOD = 30_000;
/** What repeats is counted always and said so often, in milliseconds. */
const SAY_EVERY = 60_000;

/**
 * The trades of an exchange, as they happen. A connection that ends or falls silent is made anew, after pauses that grow. A
 * trade is reported once and in the order of the exchange's numbers; what was missed meanwhile is counted.
 */
export class ExchangeSource implements MarketSource {
  readonly symbols: readonly string[];
  readonly #options: ExchangeSourceOptions;
  readonly #names = new Map<string, string>();
  readonly #ids = new TradeIds();
  readonly #saidAt = new Map<string, number>();
  /** In which connection the first trade of a name was told. */
  readonly #metIn = new Map<string, Connection | undefined>();
  #known: ReadonlyMap<string, number> = new Map();
  #take: (trades: readonly Trade[]) => void = () => undefined;
  #connection: Connection | undefined;
  #triedAt = 0;
  #aliveAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #messages = 0;
  #looking: Timer | undefined;
  #pause: Timer | undefined;

  constructor(options: ExchangeSourceOptions) {
    this.#options = options;
    this.symbols = options.symbols;
    for (const symbol of options.symbols) this.#names.set(options.exchange.nameOf(symbol), symbol);
  }

  get live(): boolean {
    return this.#now() - this.#aliveAt < SILENCE;
  }

  start(last: ReadonlyMap<string, number>, take: (trades: readonly Trade[]) => void): void {
    this.#known = last;
    this.#take = take;
    this.#looking = this.#options.clock.every(LOOK, () => this.#look());
    this.#connect();
  }

  stop(): void {
    this.#looking?.cancel();
    this.#pause?.cancel();
    this.#connection?.close();
    this.#connection = undefined;
    this.#aliveAt = Number.NEGATIVE_INFINITY;
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  #connect(): void {
    const { exchange, clock, stats, url = exchange.url } = this.#options;
    this.#triedAt = this.#now();
    this.#connection = new Connection({
      url,
      clock,
      pace: exchange.pace,
      opened: () => {
        stats.connected++;
        this.#subscribe();
      },
      heard: (text) => {
        for (const heard of exchange.hear(text)) this.#hear(heard);
      },
      ended: (reason) => {
        stats.cut++;
        this.#again(reason);
      },
    });
  }

  #subscribe(): void {
    const { exchange } = this.#options;
    const names = [...this.#names.keys()];
    for (let i = 0; i < names.length; i += exchange.chunk)
      this.#connection?.send(exchange.subscribe(names.slice(i, i + exchange.chunk), ++this.#messages));
  }

  /** Once a second. */
  #look(): void {
    if (this.#connection === undefined) return;
    const now = this.#now();
    if (now > Math.max(this.#aliveAt + SILENCE, this.#triedAt + CONFIRM)) {
      this.#options.stats.silent++;
      this.#again('it says nothing');
      return;
    }
    const { probe } = this.#options.exchange;
    if (probe !== undefined && this.#connection.idle && now > this.#aliveAt + LOOK)
      this.#connection.send(probe(++this.#messages));
  }

  /** Ends the connection, if there still is one, and makes another later. */
  #again(reason: string): void {
    const { clock, log, random, exchange } = this.#options;
    this.#connection?.close();
    this.#connection = undefined;
    if (this.#now() - this.#triedAt > GOOD) this.#failures = 0;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
    const pause = Math.max(FIRST_PAUSE, longest * (0.5 + random() / 2));
    log.warn({ reason, pause: Math.round(pause) }, `the connection to ${exchange.name} is lost: connecting again`);
    this.#pause = clock.after(pause, () => this.#connect());
  }

  #hear(heard: Heard): void {
    const { exchange, log, stats } = this.#options;
    switch (heard.kind) {
      case 'trade':
        this.#trade(heard);
        return;
      case 'alive':
        this.#alive();
        return;
      case 'refused':
        stats.refused++;
        this.#refused(heard.reason, heard.name, heard.again);
        return;
      case 'notice':
        log.warn({}, `${exchange.name} says that ${heard.text}`);
        return;
      case 'strange':
        stats.strange++;
        this.#say('strange', { reason: heard.reason, strange: stats.strange }, 'sent what cannot be understood');
        return;
      case 'unknown':
        return;
    }
  }

  #alive(): void {
    if (!this.live) this.#options.log.info({}, `${this.#options.exchange.name} sends its trades`);
    this.#aliveAt = this.#now();
  }

  #trade({ name, id, past, price, size, side, time }: ToldTrade): void {
    const { stats } = this.#options;
    const symbol = this.#names.get(name);
    if (symbol === undefined) return;
    this.#alive();
    if (!this.#metIn.has(name)) this.#metIn.set(name, this.#connection);
    const missed = this.#ids.missedBefore(name, id, past);
    if (missed < 0) {
      stats.repeated++;
      return;
    }
    if (missed > 0) {
      stats.missed += missed;
      this.#say('missed', { symbol, missed: stats.missed }, 'made trades that were not told');
    }
    // What happened before our first subscription, whoever fed the log then may have brought in. Later it fills a gap.
    if (past && this.#metIn.get(name) === this.#connection && this.#known.has(symbol)) return;
    this.#take([{ symbol, price, size, side, time }]);
  }

  #refused(reason: string, name: string | undefined, again: boolean): void {
    const { exchange, log } = this.#options;
    const symbol = name === undefined ? undefined : this.#names.get(name);
    if (name === undefined || symbol === undefined) {
      this.#again(`it refuses: ${reason}`);
      return;
    }
    log.error({ symbol, reason }, `${exchange.name} does not have ${symbol}: no prices of it will come`);
    this.#names.delete(name);
    if (this.#names.size === 0) {
      log.error({}, `${exchange.name} has none of the symbols: set others by MARKET_SYMBOLS`);
      this.stop();
    } else if (again) this.#subscribe();
  }

  #say(what: string, fields: object, text: string): void {
    if (this.#now() - (this.#saidAt.get(what) ?? Number.NEGATIVE_INFINITY) < SAY_EVERY) return;
    this.#saidAt.set(what, this.#now());
    this.#options.log.warn(fields, `${this.#options.exchange.name} ${text}`);
  }
}
