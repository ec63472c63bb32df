import type { Clock } from '../../clock.ts';
import type { MarketSource, Trade } from '../market-source.ts';
import { type Instrument, instruments } from './instruments.ts';
import { Pacer, type Schedule } from './pacer.ts';
import { normalPair, seededRandom } from './random.ts';

export interface SimulatorOptions {
  readonly clock: Clock;
  /** An integer from 0 on: the same seed and pace make the same trades, but for their times. */
  readonly seed: number;
  /** All symbols together, from 1 to 100,000; kept on average. */
  readonly ticksPerSecond: number;
}

/** A source of made-up trades; `symbols` are all that it will ever trade. */
export interface Simulator extends MarketSource {
  readonly symbols: readonly string[];
}

export function createSimulator(options: SimulatorOptions): Simulator {
  let pacer: Pacer | undefined;
  return {
    symbols: instruments.map(({ symbol }) => symbol),
    start(last, take) {
      pacer?.stop();
      pacer = new Pacer(options.clock, new SimulatedMarket(options.seed, options.ticksPerSecond, last), take);
    },
    stop: () => pacer?.stop(),
  };
}

const SECONDS_A_YEAR = 31_557_600;
/** The standard deviation of the whole market's yearly moves in a calm phase, as a factor. */
const MARKET_VOLATILITY = 0.4;
/** How much more everything moves in a nervous phase, and how long phases last on average, in seconds. */
const NERVOUS_FACTOR = 3;
const CALM_SECONDS = 90;
const NERVOUS_SECONDS = 25;
/** Buyers pay, and sellers get, so much more and less than the middle price, as a factor. */
const HALF_SPREAD = 0.000_01;
/** Half of all trades are smaller, in US dollars; sizes are log-normal. */
const MEDIAN_VALUE = 250;
const SIZE_DEVIATION = 1.4;

interface Walker {
  readonly instrument: Instrument;
  /** Logarithm of the middle price, without the part that the whole market has in it. */
  own: number;
  /** Seconds of the simulation at its last trade. */
  tradedAt: number;
}

/**
 * Correlated geometric random walks: one for the whole market, which every symbol follows by its beta, and one for each
 * symbol. Calm and nervous phases alternate at random. Trades come at the given pace with random gaps, each inside a time
 * slot of its own, so that the pace is exact in the long run.
 */
class SimulatedMarket implements Schedule {
  due: number;
  readonly #random: () => number;
  readonly #walkers: readonly Walker[];
  readonly #weights: number;
  /** Seconds from trade to trade. */
  readonly #step: number;
  #slot = 0;
  #market = 0;
  #nervous = false;

  constructor(seed: number, ticksPerSecond: number, last: ReadonlyMap<string, number>) {
    this.#random = seededRandom(seed);
    this.#step = 1 / ticksPerSecond;
    this.#walkers = instruments.map((instrument) => {
      return { instrument, own: Math.log(last.get(instrument.symbol) ?? instrument.price), tradedAt: 0 };
    });
    this.#weights = instruments.reduce((sum, { weight }) => sum + weight, 0);
    this.due = this.#nextDue();
  }

  next(time: number): Trade {
    const seconds = this.#slot * this.#step;
    const walker = this.#choose();
    const volatility = this.#phase();
    const [common, own] = normalPair(this.#random);
    this.#market += step(MARKET_VOLATILITY * volatility, this.#step, common);
    walker.own += step(walker.instrument.volatility * volatility, seconds - walker.tradedAt, own);
    walker.tradedAt = seconds;
    const side = this.#random() < 0.5 ? 'buy' : 'sell';
    const trade = { ...this.#priceAndSize(walker, side), side, time } as const;
    this.#slot++;
    this.due = this.#nextDue();
    return trade;
  }

  #nextDue(): number {
    return (this.#slot + this.#random()) * this.#step * 1_000;
  }

  #choose(): Walker {
    let rest = this.#random() * this.#weights;
    for (const walker of this.#walkers) {
      rest -= walker.instrument.weight;
      if (rest < 0) return walker;
    }
    throw new Error('the weights do not add up');
  }

  /** Lets a phase end by chance; returns by what factor everything moves now. */
  #phase(): number {
    const ends = this.#random() < this.#step / (this.#nervous ? NERVOUS_SECONDS : CALM_SECONDS);
    if (ends) this.#nervous = !this.#nervous;
    return this.#nervous ? NERVOUS_FACTOR : 1;
  }

  #priceAndSize({ instrument, own }: Walker, side: 'buy' | 'sell'): Pick<Trade, 'symbol' | 'price' | 'size'> {
    const { symbol, decimals, sizeDecimals, beta } = instrument;
    const middle = Math.exp(own + beta * this.#market);
    const price = round(middle * (side === 'buy' ? 1 + HALF_SPREAD : 1 - HALF_SPREAD), decimals);
    const value = MEDIAN_VALUE * Math.exp(SIZE_DEVIATION * normalPair(this.#random)[0]);
    return { symbol, price, size: round(value / price, sizeDecimals) };
  }
}

/** One step of a geometric random walk without drift of the price, in the logarithm; `volatility` is that of a year. */
function step(volatility: number, seconds: number, normal: number): number {
  const deviation = volatility * Math.sqrt(seconds / SECONDS_A_YEAR);
  return deviation * normal - (deviation * deviation) / 2;
}

/** To so many decimal places, but never to nothing. */
function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.max(1, Math.round(value * scale)) / scale;
}
