/** What has happened between this instance and the exchange, counted since the start. */
export interface ExchangeStats {
  /** Connections that came about. */
  connected: number;
  /** Connections that the exchange or the network ended, or that did not come about. */
  cut: number;
  /** Connections that we ended because nothing came. */
  silent: number;
  /** Trades that took place and were not told, by their numbers. */
  missed: number;
  /** Trades that were told again, and dropped. */
  repeated: number;
  /** Messages that could not be what they say. */
  strange: number;
  /** Subscriptions that were refused. */
  refused: number;
}

export function noExchangeStats(): ExchangeStats {
  return { connected: 0, cut: 0, silent: 0, missed: 0, repeated: 0, strange: 0, refused: 0 };
}
