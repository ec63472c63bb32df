/** What `/ops/api/instances` tells of one process of the server; see `server/ops/state.ts`. */
export interface Instance {
  readonly instance: string;
  readonly worker?: number;
  readonly peer?: string;
  readonly version: string;
  readonly role: string;
  readonly uptime: number;
  readonly health: {
    readonly state: 'ready' | 'degraded' | 'unready';
    readonly reasons: readonly string[];
    readonly degraded: readonly string[];
  };
  readonly engines: Readonly<Record<string, { readonly kind: string; readonly state: string }>>;
  readonly source?: { readonly active: boolean; readonly paused: boolean };
  /** Rooms of its chat; absent where it has none. */
  readonly rooms?: readonly string[];
  readonly clients: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly slowest: readonly SlowClient[];
  readonly troubles: readonly Trouble[];
  readonly metrics: readonly Metric[];
}

export interface SlowClient {
  readonly id: number;
  readonly transport: string;
  readonly address: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly lag: number;
  readonly blocked: number;
  readonly subscriptions: number;
}

export interface Trouble {
  readonly time: number;
  readonly level: 'warn' | 'error';
  readonly text: string;
  readonly detail?: string;
}

/** A metric as prom-client gives it as JSON. */
export interface Metric {
  readonly name: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number>>;
    /** Of a histogram: `…_bucket`, `…_sum`, `…_count`. */
    readonly metricName?: string;
  }[];
}

export type Action =
  | { readonly do: 'close-client'; readonly client: number }
  | { readonly do: 'pause-source' | 'resume-source' | 'drain' }
  | { readonly do: 'moderate'; readonly what: Moderating };

/** What moderators do. */
export type Moderating =
  | { readonly act: 'look'; readonly room: string }
  | { readonly act: 'delete'; readonly room: string; readonly seq: number }
  | { readonly act: 'mute'; readonly name: string; readonly seconds: number }
  | { readonly act: 'unmute'; readonly name: string; readonly room: string }
  | { readonly act: 'room'; readonly room: string; readonly slowMode: number; readonly closed: boolean }
  | { readonly act: 'add-word' | 'remove-word'; readonly word: string };

/** What a look at the chat gives: what holds, what was done last, and the newest messages of a room. */
export interface ModerationView {
  readonly names: readonly string[];
  readonly mutes: readonly { readonly name: string; readonly room: string; readonly until: number }[];
  readonly rooms: readonly RoomRules[];
  readonly words: readonly string[];
  readonly audit: readonly {
    readonly id: number;
    readonly time: number;
    readonly by: string;
    readonly action: string;
    readonly target: string;
  }[];
  readonly messages: readonly {
    readonly seq: number;
    readonly sender: string;
    readonly content: string;
    readonly time: number;
  }[];
}

export interface RoomRules {
  readonly room: string;
  readonly slowMode: number;
  readonly closed: boolean;
}

/** A short name for people: which worker it is, or the beginning of its id. */
export function nameOf({ instance, worker, role, peer }: Instance): string {
  const own = worker === undefined ? `${role} ${instance.slice(0, 6)}` : `worker ${worker + 1}`;
  return peer === undefined ? own : `${own} at ${peer.replace(/^https?:\/\//, '')}`;
}
