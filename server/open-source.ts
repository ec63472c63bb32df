import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { binance } from './engines/exchanges/binance.ts';
import { coinbase } from './engines/exchanges/coinbase.ts';
import { ExchangeSource } from './engines/exchanges/exchange-source.ts';
import type { ExchangeStats } from './engines/exchanges/exchange-stats.ts';
import { kraken } from './engines/exchanges/kraken.ts';
import type { MarketSource } from './engines/market-source.ts';
import { createReplay } from './engines/sources/replay.ts';
import { createSimulator } from './engines/sources/simulator.ts';
import type { Logger } from './log.ts';

export interface SourceStart {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

/** A source that does not run yet; `symbols` are those that it has. */
export type Source = MarketSource & { readonly symbols: readonly string[] };

const exchanges = { coinbase, binance, kraken };

/** The source of `MARKET_SOURCE`; `undefined` where prices come from nowhere, or from other programs. */
export async function openSource(start: SourceStart, stats: ExchangeStats): Promise<Source | undefined> {
  const { settings, clock, log, random } = start;
  const source = settings.MARKET_SOURCE;
  switch (source) {
    case 'simulator':
      return createSimulator({ clock, seed: settings.MARKET_SEED, ticksPerSecond: settings.MARKET_TICKS_PER_SECOND });
    case 'replay':
      return createReplay({ clock, file: settings.MARKET_REPLAY_FILE, speed: settings.MARKET_REPLAY_SPEED });
    case 'off':
      return undefined;
    default: {
      const { MARKET_SYMBOLS: symbols, MARKET_FEED_URL: url } = settings;
      const exchange = exchanges[source];
      return new ExchangeSource({ exchange, symbols, clock, log, random, stats, ...(url !== '' && { url }) });
    }
  }
}
