import type { Server } from 'node:http';
import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { stopAccepting } from './http/listen.ts';
import type { Readiness } from './http/readiness.ts';
import type { Logger } from './log.ts';
import { type Drainable, drain, drainWindow } from './transports/drain.ts';

export interface DrainerOptions {
  readonly settings: Pick<Settings, 'DRAIN_DELAY' | 'DRAIN_WINDOW'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly readiness: Readiness;
  readonly transports: readonly (Drainable & { readonly connections: number })[];
  /** Takes new clients. */
  readonly server: Server;
}

/** Empties an instance before it stops: see `Stage` for what is answered meanwhile. */
export class Drainer {
  /** Resolves when the server has no connection any more; known once it accepts none. */
  gone: Promise<void> | undefined;
  readonly #options: DrainerOptions;

  constructor(options: DrainerOptions) {
    this.#options = options;
  }

  /** Clients that are here. */
  get clients(): number {
    return this.#options.transports.reduce((sum, { connections }) => sum + connections, 0);
  }

  /** Resolves when all were told to go elsewhere. `clients` is how many there are in all processes that share the port. */
  async run(clients?: number): Promise<void> {
    const { settings, clock, log, random, readiness, transports, server } = this.#options;
    const delay = settings.DRAIN_DELAY * 1_000;
    if (delay > 0) await new Promise<void>((go) => void clock.after(delay, go));
    const window = drainWindow(Math.max(this.clients, clients ?? 0), settings.DRAIN_WINDOW * 1_000);
    log.info({ clients: this.clients, window: Math.round(window) }, 'clients are told to go elsewhere');
    readiness.stop('leaving');
    this.gone = stopAccepting(server);
    await drain({ clock, random, transports, window });
  }
}
