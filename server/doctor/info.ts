import type { Check } from './check.ts';
import { get, textOf } from './request.ts';

/** What `/api/info` tells of an instance, as far as it is looked at here. */
export interface Info {
  readonly instance: string;
  readonly version: string;
  readonly epoch: string;
  readonly engines: Readonly<Record<string, { readonly kind: string; readonly state: string }>>;
}

/** Whether the server answers under its public URL, and its engines do. */
export function infoCheck(base: URL): Check {
  const what = 'Server';
  return {
    what,
    async run(say, signal) {
      const { instance, version, engines } = await readInfo(base, signal);
      say('ok', what, `${base.origin} answers: version ${version}, instance ${instance}`);
      const down = Object.entries(engines).filter(([, { state }]) => state === 'down');
      for (const [part, { kind }] of down)
        say(
          'fail',
          'Engines',
          `${part} is down: this instance does not reach its ${kind}; run this check on its machine`,
        );
      const kinds = Object.entries(engines).map(([part, { kind, state }]) => `${part} ${kind} ${state}`);
      if (down.length === 0) say('ok', 'Engines', kinds.join(', '));
    },
  };
}

/** Rejects with a sentence where this is not the answer of a Towncrier. */
export async function readInfo(base: URL, signal: AbortSignal): Promise<Info> {
  const url = new URL('/api/info', base);
  const response = await get(url, { accept: 'application/json' }, signal);
  const text = await textOf(response);
  const { statusCode: status } = response;
  if (status !== 200)
    throw new Error(
      `${url.href} answers ${status}: let the proxy pass all paths, unchanged, and see that the server runs`,
    );
  const found = parsed(text);
  if (found === undefined)
    throw new Error(`${url.href} is answered by something else: correct the URL, or the proxy's target`);
  return found;
}

function parsed(text: string): Info | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof found !== 'object' || found === null || !('name' in found) || found.name !== 'towncrier') return undefined;
  // By its name it is ours, and then it is as the schema of that route says.
  return found as unknown as Info;
}
