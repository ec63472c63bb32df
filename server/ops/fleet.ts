import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ModerationView } from './moderating.ts';
import type { Action, InstanceState, Operated } from './state.ts';

export interface FleetOptions {
  /** What runs behind this admin port. */
  readonly own: Operated;
  /** Addresses of other admin ports, as `ADMIN_PEERS` has them. */
  readonly peers: readonly string[];
  /** The token that they ask for; empty is none. */
  readonly token: string;
  readonly log: Logger;
}

/** How long another admin port may take to answer, in milliseconds. */
const PATIENCE = 2_000;
/** The largest answer of another admin port, in bytes. */
const MOST_BYTES = 8_388_608;

/** The instances behind this admin port and behind those of its peers, as one. */
export class Fleet implements Operated {
  readonly #options: FleetOptions;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async states(): Promise<readonly InstanceState[]> {
    const all = await Promise.all([
      this.#options.own.states(),
      ...this.#options.peers.map((peer) => this.#statesOf(peer)),
    ]);
    return all.flat();
  }

  async act(instance: string, action: Action): Promise<ModerationView | undefined> {
    const states = await this.states();
    const found = states.find((state) => state.instance === instance);
    if (found === undefined) throw new Refusal('unknown-instance');
    if (found.peer === undefined) return await this.#options.own.act(instance, action);
    return await this.#actAt(found.peer, instance, action);
  }

  /** A peer that does not answer is shown as nothing: what is not known is not made up. */
  async #statesOf(peer: string): Promise<readonly InstanceState[]> {
    try {
      const response = await this.#fetch(`${peer}/ops/api/instances?own=true`, {});
      if (!response.ok) throw new Error(`status ${response.status}`);
      const text = await response.text();
      if (text.length > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
      // What `createOps` of the same program sends.
      const { instances } = JSON.parse(text) as { instances: readonly InstanceState[] };
      return instances.map((state) => ({ ...state, peer }));
    } catch (error) {
      this.#options.log.debug({ err: error, peer }, 'another admin port does not tell of its instances');
      return [];
    }
  }

  async #actAt(peer: string, instance: string, action: Action): Promise<ModerationView | undefined> {
    const body = JSON.stringify({ instance, action });
    const headers = { 'content-type': 'application/json' };
    const response = await this.#fetch(`${peer}/ops/api/actions`, { method: 'POST', body, headers }).catch(() => {
      throw new Refusal(
        'unknown-instance',
        `The admin port ${peer} does not answer; whether it was done is not known.`,
      );
    });
    // What `createOps` of the same program sends: what was looked at, or an error.
    const said = (await response.json().catch(() => ({}))) as { view?: ModerationView; message?: unknown };
    if (response.ok) return said.view;
    throw new Refusal('unknown-instance', `${peer}: ${said.message ?? `status ${response.status}`}`);
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const { token } = this.#options;
    const headers = { ...init.headers, ...(token !== '' && { authorization: `Bearer ${token}` }) };
    return fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  }
}
