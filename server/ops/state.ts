import Type from 'typebox';
import type { Health } from '../http/health.ts';
import type { ListedClient } from './client-list.ts';
import { type ModerationView, moderatingSchema } from './moderating.ts';
import type { Trouble } from './recent-troubles.ts';

/** One process of the server as the operator sees it. */
export interface InstanceState {
  /** Names it, until it stops. */
  readonly instance: string;
  /** Its number among the workers of its parent. */
  readonly worker?: number;
  /** The admin port that told of it; absent for the one that is asked. */
  readonly peer?: string;
  readonly version: string;
  readonly role: string;
  /** Seconds since its start. */
  readonly uptime: number;
  readonly health: Health;
  readonly engines: Readonly<Record<string, { readonly kind: string; readonly state: string }>>;
  /** Where prices come from; absent where no source runs here. */
  readonly source?: { readonly active: boolean; readonly paused: boolean };
  /** Rooms of its chat; absent where it has none. */
  readonly rooms?: readonly string[];
  readonly clients: number;
  /** Clients by transport and version. */
  readonly versions: Readonly<Record<string, number>>;
  readonly slowest: readonly ListedClient[];
  readonly troubles: readonly Trouble[];
  /** The metrics of ours, as prom-client gives them as JSON. */
  readonly metrics: readonly object[];
}

/** What an operator can have an instance do. */
export const actionSchema = Type.Union([
  Type.Object({ do: Type.Literal('close-client'), client: Type.Integer({ minimum: 1 }) }),
  Type.Object({ do: Type.Literal('pause-source') }),
  Type.Object({ do: Type.Literal('resume-source') }),
  Type.Object({ do: Type.Literal('drain') }),
  Type.Object({ do: Type.Literal('moderate'), what: moderatingSchema }),
]);

export type Action = Type.Static<typeof actionSchema>;

/** What can be asked of instances, wherever they run. */
export interface Operated {
  /** Those that answer; one that hangs is left out. */
  states(): Promise<readonly InstanceState[]>;
  /**
   * Resolves when it is done, to what was looked at. Rejects with a `Refusal` that says what was not done: `unknown-instance`,
   * `unknown-client`, `no-source`, `no-chat`, and those of moderation.
   */
  act(instance: string, action: Action): Promise<ModerationView | undefined>;
}
