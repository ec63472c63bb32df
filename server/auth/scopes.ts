import { Refusal } from '../errors.ts';

/** What a token may allow. `moderate` is for what only moderators may do. */
export const scopes = ['chat:read', 'chat:write', 'market:read', 'moderate', 'stream:read', 'stream:write'] as const;

export type Scope = (typeof scopes)[number];

/** Those of a list that are scopes of ours; tokens hold those of other services too. */
export function scopesIn(names: readonly string[]): Set<Scope> {
  return new Set(scopes.filter((scope) => names.includes(scope)));
}

/** Throws `scope-missing` where it is not among those that somebody has. */
export function needScope(has: ReadonlySet<Scope>, scope: Scope | undefined): void {
  if (scope !== undefined && !has.has(scope)) throw new Refusal('scope-missing', `This needs the scope ${scope}.`);
}

/** All others are streams that users declared. */
const CHAT = /^\/topic\/(?:chat|typing|presence|rooms)(?:$|\.)/;

/** The scope to subscribe to a STOMP destination; none for the session's own queue. */
export function scopeToRead(destination: string): Scope | undefined {
  if (!destination.startsWith('/topic/')) return undefined;
  if (destination === '/topic/market') return 'market:read';
  return CHAT.test(destination) ? 'chat:read' : 'stream:read';
}

/** The scope to send to a STOMP destination. What nobody may send to is refused elsewhere. */
export function scopeToSend(destination: string): Scope | undefined {
  return destination.startsWith('/app/') ? 'chat:write' : undefined;
}
