import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import type { WatchedEngine } from './http/engine-watch.ts';
import type { Readiness } from './http/readiness.ts';
import type { Logger } from './log.ts';
import type { RecentTroubles } from './ops/recent-troubles.ts';
import type { Neighbours } from './transports/sockjs/neighbours.ts';

/** What an instance is given besides its settings: all that a test may want to hold in its hand. */
export interface AppOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** A number in [0, 1), like `Math.random`. */
  readonly random: () => number;
  /** A new UUID, from real randomness. */
  readonly newId: () => string;
  readonly version: string;
  /** Folder of the built page. */
  readonly page: string;
  /** Whether `/metrics` tells of the process too; only one instance of a process should. */
  readonly processMetrics: boolean;
  /** One of several processes whose parent has the admin port. */
  readonly worker?: boolean;
  /** The processes that share the port with this one. */
  readonly neighbours?: Neighbours | undefined;
  /** Gives up a start that waits for its engines: it rejects with the reason. */
  readonly signal?: AbortSignal;
  /** Has the process stop in good order, as a signal does: an operator asked for it. */
  readonly stop?: () => void;
}

/** What the steps of the start share. */
export interface Start extends AppOptions {
  readonly settings: Settings;
  readonly opened: AsyncDisposableStack;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  readonly troubles: RecentTroubles;
}

/** The engines that are open already, by what they are for. */
export type EnginesSoFar = Record<string, WatchedEngine>;
