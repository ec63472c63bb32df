import type { Action, Instance, ModerationView } from './instance.ts';

/** The server asks for a token, or does not take the one that it got. */
export class TokenNeeded extends Error {
  override name = 'TokenNeeded';
}

/** The operator's doors of the server. */
export interface OpsApi {
  /** Rejects with `TokenNeeded`, or an error for the operator to read. */
  instances(token: string): Promise<readonly Instance[]>;
  /** Resolves to what was looked at. */
  act(token: string, instance: string, action: Action): Promise<ModerationView | undefined>;
}

const PATIENCE_MS = 5_000;

export const opsApi: OpsApi = {
  async instances(token) {
    const response = await ask(token, '/ops/api/instances', {});
    // What our own server sends.
    const { instances } = (await response.json()) as { readonly instances: readonly Instance[] };
    return instances;
  },
  async act(token, instance, action) {
    const body = JSON.stringify({ instance, action });
    const headers = { 'content-type': 'application/json' };
    const response = await ask(token, '/ops/api/actions', { method: 'POST', body, headers });
    // What our own server sends.
    return ((await response.json()) as { readonly view?: ModerationView }).view;
  },
};

async function ask(token: string, path: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, ...(token !== '' && { authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return response;
  const said: unknown = await response.json().catch(() => undefined);
  const known = typeof said === 'object' && said !== null && 'message' in said;
  const message = known ? `${said.message}` : `The server answered ${response.status}.`;
  throw response.status === 401 ? new TokenNeeded(message) : new Error(message);
}
