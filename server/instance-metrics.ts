import type { Registry } from 'prom-client';
import type { Chat } from './chat/chat.ts';
import { ChatStats } from './chat/stats.ts';
import type { Clock } from './clock.ts';
import type { MetricSources } from './http/metrics/sources.ts';
import { createMetrics } from './http/metrics.ts';
import { answerInTime, type Readiness } from './http/readiness.ts';
import type { Market } from './market/market.ts';

/** The parts of an instance that metrics are read from; one that only feeds the market has no clients. */
export interface MetricParts
  extends Pick<MetricSources, 'hub' | 'feed' | 'exchange' | 'refusals' | 'candles' | 'streams'> {
  readonly market: Market;
  readonly chat?: Chat;
  readonly clients?: Pick<MetricSources, 'websocket' | 'sse' | 'sockjs' | 'sessions'>;
}

interface Place {
  readonly version: string;
  readonly processMetrics: boolean;
  readonly clock: Clock;
  readonly readiness: Readiness;
}

const NO_CLIENTS = { connections: 0, accepted: 0, connected: 0, resumed: 0 };
const NOBODY = { websocket: NO_CLIENTS, sse: NO_CLIENTS, sockjs: NO_CLIENTS, sessions: NO_CLIENTS };

/** The metrics of an instance, as far as its role has them. */
export function instanceMetrics(place: Place, parts: MetricParts, engines: MetricSources['engines']): Registry {
  const { version, clock, readiness, processMetrics } = place;
  const { market, chat, clients = NOBODY, ...rest } = parts;
  const room = chat?.rooms.get('global');
  const sources: MetricSources = {
    ...rest,
    ...clients,
    version,
    engines,
    ready: () => readiness.reasons.length === 0,
    chat: {
      stats: chat?.stats ?? new ChatStats(),
      behind: async () => (room === undefined ? 0 : answerInTime(clock, () => room.behind())),
    },
    market: {
      get read() {
        return market.read;
      },
      get strange() {
        return market.strange;
      },
      get stale() {
        return market.stale;
      },
      behind: () => answerInTime(clock, () => market.behind()),
    },
  };
  return createMetrics(sources, processMetrics);
}
