import type { Client } from '../hub/client.ts';
import type { ClientDescription } from '../hub/sink.ts';

/** A client as the operator sees it. */
export interface ListedClient extends ClientDescription {
  /** Names it in this process, until it is gone. */
  readonly id: number;
  /** Events that the slowest of its subscriptions is behind. */
  readonly lag: number;
  /** For how long it has taken nothing, in milliseconds; 0 while it takes. */
  readonly blocked: number;
  readonly subscriptions: number;
}

/** Clients that are looked at; above it every n-th one, so that to look costs the others little. */
const MOST_LOOKED_AT = 10_000;
const MOST_LISTED = 20;

interface Looked {
  readonly client: Client;
  readonly lag: number;
  readonly blocked: number;
}

/** How many clients there are of each transport and version; about so many where there are more than are looked at. */
export function countVersions(clients: ReadonlySet<Client>): Record<string, number> {
  const step = stepOf(clients);
  const counts = new Map<string, number>();
  let at = 0;
  for (const { sink } of clients) {
    if (at++ % step !== 0) continue;
    const { transport, version } = sink.describe();
    const key = version === undefined ? transport : `${transport} ${version}`;
    counts.set(key, (counts.get(key) ?? 0) + step);
  }
  return Object.fromEntries([...counts].sort());
}

/** The slowest clients, the slowest first: by how long they have taken nothing, then by how far they are behind. */
export function slowest(clients: ReadonlySet<Client>, now: number): ListedClient[] {
  const step = stepOf(clients);
  const looked: Looked[] = [];
  let at = 0;
  for (const client of clients) if (at++ % step === 0) looked.push({ client, ...slowness(client, now) });
  return looked
    .sort((one, other) => other.blocked - one.blocked || other.lag - one.lag)
    .slice(0, MOST_LISTED)
    .map(listed);
}

function stepOf({ size }: ReadonlySet<Client>): number {
  return Math.max(1, Math.ceil(size / MOST_LOOKED_AT));
}

function slowness({ cursors, blockedAt }: Client, now: number): Omit<Looked, 'client'> {
  const lag = cursors.reduce((most, { stream, next }) => Math.max(most, stream.next - next), 0);
  return { lag, blocked: blockedAt === 0 ? 0 : Math.max(0, Math.round(now - blockedAt)) };
}

function listed({ client, lag, blocked }: Looked): ListedClient {
  const { id, sink, cursors } = client;
  return { id, ...sink.describe(), lag, blocked, subscriptions: cursors.length };
}
