import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';

/** What both Redis engines are opened with. */
export interface RedisOptions {
  /** See `parseRedisUrl`. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A number in [0, 1), like `Math.random`: so that instances do not come back all at once. */
  readonly random: () => number;
  /** Stands before every channel and key, so that several deployments share a Redis; without { and }. Empty by default. */
  readonly prefix?: string;
  /** How long the start waits for Redis, in milliseconds. Without it, as long as it takes. */
  readonly patience?: number;
  /** Ends the wait of the start: it rejects with the reason. */
  readonly signal?: AbortSignal;
  /** Certificates for `rediss`, as PEM texts: of the authority where it is not a public one, and of ourselves. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}
