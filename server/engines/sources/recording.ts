import type { Trade } from '../market-source.ts';

const COLUMNS = 'time_ms,symbol,price,size';
const ROW = /^(\d{1,15}),([A-Za-z0-9][A-Za-z0-9._/-]{0,31}),(\d+(?:\.\d+)?(?:e-?\d+)?),(\d+(?:\.\d+)?(?:e-?\d+)?)$/i;
/** Currencies in which prices are quoted; the longer name stands before the one that it ends with. */
const QUOTES = ['FDUSD', 'USDT', 'USDC', 'TUSD', 'BUSD', 'USD', 'EUR', 'GBP', 'TRY', 'BTC', 'ETH', 'BNB'];

/** However few its trades are, a recording takes at least so many milliseconds. */
const SHORTEST_ROUND = 1_000;

/** Trades in the order of their times, by column: a day of a busy market fits into memory. */
export class Recording {
  readonly symbols: readonly string[];
  /** Milliseconds from the first trade of one round to the first of the next: the last has an average gap after it. */
  readonly duration: number;
  readonly length: number;
  readonly #times: readonly number[];
  readonly #symbols: readonly number[];
  readonly #prices: readonly number[];
  readonly #sizes: readonly number[];

  constructor(columns: Columns) {
    this.symbols = [...columns.names.keys()];
    this.length = columns.times.length;
    this.#times = columns.times;
    this.#symbols = columns.symbols;
    this.#prices = columns.prices;
    this.#sizes = columns.sizes;
    const span = this.offset(this.length - 1);
    this.duration = Math.max(SHORTEST_ROUND, span + span / Math.max(1, this.length - 1));
  }

  /** Milliseconds from the first trade to this one. */
  offset(index: number): number {
    return (this.#times[index] ?? 0) - (this.#times[0] ?? 0);
  }

  trade(index: number): Omit<Trade, 'time'> {
    return {
      symbol: this.symbols[this.#symbols[index] ?? 0] ?? '',
      price: this.#prices[index] ?? 0,
      size: this.#sizes[index] ?? 0,
    };
  }
}

interface Columns {
  /** Each symbol, and its number in the column of symbols. */
  readonly names: Map<string, number>;
  readonly times: number[];
  readonly symbols: number[];
  readonly prices: number[];
  readonly sizes: number[];
}

/**
 * Reads CSV with the columns `time_ms,symbol,price,size`, without quotes: integer milliseconds that never go back, a
 * symbol (see `marketSymbol`), a price above 0, a size from 0 on. Throws an error that names `file` and the line.
 */
export function parseRecording(text: string, file: string): Recording {
  const columns: Columns = { names: new Map(), times: [], symbols: [], prices: [], sizes: [] };
  let number = 0;
  for (const line of lines(text)) {
    number++;
    const wrong = number === 1 ? checkHeader(line) : addRow(columns, line);
    if (wrong !== undefined) throw new Error(`${file}:${number}: ${wrong}`);
  }
  if (columns.times.length === 0) throw new Error(`${file}:${number}: no trades follow the line ${COLUMNS}`);
  return new Recording(columns);
}

/**
 * The name of a symbol as this server writes it: base and quote currency with a hyphen between. Exchanges write
 * `BTCUSDT`, `BTC/USDT` or `BTC_USDT` for what becomes `BTC-USDT`; a name whose quote currency is not known stays as it is.
 */
export function marketSymbol(name: string): string {
  const upper = name.toUpperCase().replace(/[/_]/, '-');
  if (upper.includes('-')) return upper;
  const quote = QUOTES.find((currency) => upper.endsWith(currency) && upper.length > currency.length);
  return quote === undefined ? upper : `${upper.slice(0, -quote.length)}-${quote}`;
}

function* lines(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
  }
}

function checkHeader(line: string): string | undefined {
  return line.replace(/^\uFEFF/, '') === COLUMNS ? undefined : `the first line must be ${COLUMNS}`;
}

/** Returns what is wrong with the line, if anything is. */
function addRow(columns: Columns, line: string): string | undefined {
  if (line === '') return undefined;
  const [, time, name, price, size] = ROW.exec(line) ?? [];
  if (name === undefined) return `not a row of ${COLUMNS}: ${JSON.stringify(line.slice(0, 80))}`;
  if (!(Number(price) > 0)) return 'the price must be above 0';
  if (!Number.isFinite(Number(price)) || !Number.isFinite(Number(size))) return 'price or size is out of range';
  if (Number(time) < (columns.times.at(-1) ?? 0)) return 'the time lies before that of the line above';
  const symbol = marketSymbol(name);
  const known = columns.names.get(symbol);
  if (known === undefined) columns.names.set(symbol, columns.names.size);
  columns.symbols.push(known ?? columns.names.size - 1);
  columns.times.push(Number(time));
  columns.prices.push(Number(price));
  columns.sizes.push(Number(size));
  return undefined;
}
