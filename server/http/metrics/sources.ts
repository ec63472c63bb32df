import type { ChatStats } from '../../chat/stats.ts';
import type { Lag } from '../../hub/lag.ts';
import type { HubStats } from '../../hub/stats.ts';
import type { Refusals } from '../../limits/refusals.ts';
import type { WatchedEngine } from '../engine-watch.ts';

/** What the metrics are read from when they are asked for. */
export interface MetricSources {
  readonly version: string;
  ready(): boolean;
  readonly engines: Readonly<Record<string, WatchedEngine>>;
  readonly hub: {
    readonly clients: number;
    readonly stats: HubStats;
    lags(): ReadonlyMap<string, Lag>;
  };
  readonly websocket: Transport;
  readonly sse: Transport & { readonly resumed: number };
  readonly sockjs: Transport;
  /** STOMP, over whatever transport. */
  readonly sessions: { readonly connected: number; readonly resumed: number };
  readonly chat: {
    readonly stats: ChatStats;
    /** How many messages of the global room the store has that are not here yet; `undefined` where it does not say. */
    behind(): Promise<number | undefined>;
  };
  readonly market: {
    readonly read: number;
    /** Records of the tick log that were no ticks. */
    readonly strange: number;
    readonly stale: boolean;
    /** How many records the tick log has that were not read yet; `undefined` where it does not say. */
    behind(): Promise<number | undefined>;
  };
  /** Absent where no clients are served. */
  readonly refusals?: Pick<Refusals, 'all'>;
  /** Streams that users declared, by name. */
  readonly streams?: ReadonlyMap<
    string,
    { readonly reachable: boolean; readonly strange: number; readonly stats: { read: number; repeats: number } }
  >;
  /** What stores candles; absent where no clients are served. */
  readonly candles?: {
    readonly active: boolean;
    readonly stats: { readonly written: number; readonly failed: number; readonly forgotten: number };
  };
  /** What happened with the exchange that prices come from. */
  readonly exchange: Readonly<ExchangeCounts>;
  /** Absent where no source runs. */
  readonly feed: { readonly active: boolean; readonly appended: number; readonly dropped: number } | undefined;
}

interface Transport {
  /** Clients that are here. */
  readonly connections: number;
  /** Those that came, ever. */
  readonly accepted: number;
}

/** See `ExchangeStats`. */
interface ExchangeCounts {
  readonly connected: number;
  readonly cut: number;
  readonly silent: number;
  readonly missed: number;
  readonly repeated: number;
  readonly strange: number;
  readonly refused: number;
}
