import { Refusal } from '../errors.ts';
import type { Health } from '../http/health.ts';
import type { EnginesByPart } from '../http/info.ts';
import type { Hub } from '../hub/hub.ts';
import { countVersions, slowest } from './client-list.ts';
import { type ModeratedChat, type ModerationView, moderate } from './moderating.ts';
import type { RecentTroubles } from './recent-troubles.ts';
import type { Action, InstanceState, Operated } from './state.ts';

export interface InstanceOpsOptions {
  readonly instance: string;
  readonly version: string;
  readonly role: string;
  readonly worker: number | undefined;
  readonly hub: Hub;
  readonly engines: EnginesByPart;
  readonly troubles: RecentTroubles;
  /** What brings prices into the log; absent where none runs here. */
  readonly source:
    | { readonly active: boolean; readonly paused: boolean; pause(): Promise<void>; resume(): void }
    | undefined;
  /** Absent where no clients are served. */
  readonly chat: ModeratedChat | undefined;
  /** Seconds since the start. */
  uptime(): number;
  health(): Promise<Health>;
  metrics(): Promise<readonly object[]>;
  /** Stops this instance in good order, as SIGTERM does. */
  drain(): void;
}

/** Metrics that the operator's view shows. */
const SHOWN =
  /^(?:towncrier_|process_resident_memory_bytes$|process_cpu_seconds_total$|nodejs_eventloop_lag_p99_seconds$)/;

/** What the operator sees and does of the instance in this process. */
export class InstanceOps implements Operated {
  readonly #options: InstanceOpsOptions;

  constructor(options: InstanceOpsOptions) {
    this.#options = options;
  }

  async states(): Promise<readonly InstanceState[]> {
    const { instance, version, role, worker, hub, source, chat, troubles } = this.#options;
    const metrics = await this.#options.metrics();
    return [
      {
        instance,
        ...(worker !== undefined && { worker }),
        version,
        role,
        uptime: Math.floor(this.#options.uptime()),
        health: await this.#options.health(),
        engines: await this.#engines(),
        ...(source && { source: { active: source.active, paused: source.paused } }),
        ...(chat && { rooms: [...chat.rooms.keys()] }),
        clients: hub.clients,
        versions: countVersions(hub.all),
        slowest: slowest(hub.all, hub.now),
        troubles: troubles.all,
        metrics: metrics.filter((metric) => 'name' in metric && SHOWN.test(`${metric.name}`)),
      },
    ];
  }

  async act(instance: string, action: Action): Promise<ModerationView | undefined> {
    if (instance !== this.#options.instance) throw new Refusal('unknown-instance');
    switch (action.do) {
      case 'moderate':
        if (this.#options.chat === undefined) throw new Refusal('no-chat');
        return await moderate(this.#options.chat, action.what);
      case 'close-client':
        this.#closeClient(action.client);
        break;
      case 'pause-source':
        await this.#source.pause();
        break;
      case 'resume-source':
        this.#source.resume();
        break;
      case 'drain':
        this.#options.drain();
    }
    return undefined;
  }

  get #source(): NonNullable<InstanceOpsOptions['source']> {
    if (this.#options.source === undefined) throw new Refusal('no-source');
    return this.#options.source;
  }

  #closeClient(id: number): void {
    for (const client of this.#options.hub.all) {
      if (client.id !== id) continue;
      client.close('closed-by-operator');
      return;
    }
    throw new Refusal('unknown-client');
  }

  async #engines(): Promise<InstanceState['engines']> {
    const known = Object.entries(this.#options.engines).map(
      async ([part, { kind, state }]) => [part, { kind, state: await state() }] as const,
    );
    return Object.fromEntries(await Promise.all(known));
  }
}
