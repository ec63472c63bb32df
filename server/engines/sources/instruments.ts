/** What the simulator knows of one symbol. */
export interface Instrument {
  readonly symbol: string;
  /** Where its price begins. */
  readonly price: number;
  /** Decimal places of its prices: the price step is ten to the minus so many. */
  readonly decimals: number;
  /** Decimal places of its sizes. */
  readonly sizeDecimals: number;
  /** How many per cent it moves when the whole market moves by one. */
  readonly beta: number;
  /** Its own restlessness beside the market's: the standard deviation of a year, as a factor (0.5 is 50 %). */
  readonly volatility: number;
  /** Its share of all trades, relative to the others. */
  readonly weight: number;
}

/** Symbols, prices and steps as on the large exchanges in spring 2025. */
export const instruments: readonly Instrument[] = [
  { symbol: 'BTC-USD', price: 87_232, decimals: 2, sizeDecimals: 5, beta: 1, volatility: 0.15, weight: 30 },
  { symbol: 'ETH-USD', price: 2_059.1, decimals: 2, sizeDecimals: 4, beta: 1.2, volatility: 0.3, weight: 22 },
  { symbol: 'SOL-USD', price: 143.54, decimals: 2, sizeDecimals: 3, beta: 1.4, volatility: 0.45, weight: 14 },
  { symbol: 'XRP-USD', price: 2.4512, decimals: 4, sizeDecimals: 1, beta: 1.1, volatility: 0.5, weight: 10 },
  { symbol: 'DOGE-USD', price: 0.18942, decimals: 5, sizeDecimals: 0, beta: 1.5, volatility: 0.6, weight: 8 },
  { symbol: 'ADA-USD', price: 0.7365, decimals: 4, sizeDecimals: 1, beta: 1.2, volatility: 0.5, weight: 5 },
  { symbol: 'AVAX-USD', price: 22.31, decimals: 2, sizeDecimals: 2, beta: 1.3, volatility: 0.5, weight: 4 },
  { symbol: 'LINK-USD', price: 15.284, decimals: 3, sizeDecimals: 2, beta: 1.3, volatility: 0.5, weight: 4 },
  { symbol: 'LTC-USD', price: 93.27, decimals: 2, sizeDecimals: 3, beta: 0.9, volatility: 0.4, weight: 3 },
  { symbol: 'DOT-USD', price: 4.613, decimals: 3, sizeDecimals: 1, beta: 1.2, volatility: 0.5, weight: 3 },
];
