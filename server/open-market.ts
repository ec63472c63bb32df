import { type ExchangeStats, noExchangeStats } from './engines/exchanges/exchange-stats.ts';
import type { MarketSource } from './engines/market-source.ts';
import type { TickLog } from './engines/tick-log.ts';
import { watchEngine } from './http/engine-watch.ts';
import type { EngineState } from './http/info.ts';
import type { Hub } from './hub/hub.ts';
import { type LedFeed, startLedFeed } from './market/led-feed.ts';
import { createMarket, type Market, type MarketOptions } from './market/market.ts';
import { openLeadership, openTickLog } from './open-engines.ts';
import { openSource } from './open-source.ts';
import type { EnginesSoFar, Start } from './start.ts';

/** The market, and where the role has one the feed that brings prices into it. */
export async function openMarket(start: Start, hub: Hub, engines: EnginesSoFar, seeds?: MarketOptions['seeds']) {
  const { opened, clock, log: logger } = start;
  const { engine: log, kind } = await openTickLog(start);
  const exchange = noExchangeStats();
  const known = await openSource(start, exchange);
  const market = await createMarket({
    log,
    hub,
    clock,
    logger,
    symbols: known?.symbols ?? [],
    ...(seeds && { seeds }),
  });
  opened.defer(() => market.close());
  engines.tickLog = watchEngine({ kind, state: () => (market.reachable ? 'up' : 'down') });
  const feed = known && start.settings.ROLE !== 'app' ? await openLedFeed(start, log, market, exchange) : undefined;
  if (feed) {
    const state = (): EngineState => (feed.active ? (feed.live ? 'up' : 'down') : 'standby');
    engines.marketSource = watchEngine({ kind: start.settings.MARKET_SOURCE, state });
  }
  return { market, feed, exchange };
}

async function openLedFeed(start: Start, log: TickLog, market: Market, exchange: ExchangeStats): Promise<LedFeed> {
  const { opened, clock, log: logger } = start;
  const leadership = await openLeadership(start);
  const source = async (): Promise<MarketSource> => {
    const made = await openSource(start, exchange);
    if (made === undefined) throw new Error('there is no market source');
    return made;
  };
  const feed = await startLedFeed({ leadership, source, log, market, clock, logger });
  opened.defer(() => feed.stop());
  return feed;
}
