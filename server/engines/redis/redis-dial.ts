import type { Clock } from '../../clock.ts';
import { connectInTime, inTime, makeClient, type RedisClient } from './redis-client.ts';
import { RedisRefused, refusalOf } from './redis-errors.ts';
import type { RedisOptions } from './redis-options.ts';
import { type Address, type RedisTarget, textOf } from './redis-url.ts';

export interface DialOptions {
  readonly clock: Clock;
  readonly tls: RedisOptions['tls'];
  readonly target: RedisTarget;
  readonly name: string;
}

/**
 * All our keys carry this hash tag. In a cluster every instance talks to the node that has its slot, for pub/sub too: a
 * PUBLISH reaches all nodes, but it counts only the listeners of its own, and the payloads of one publisher keep their
 * order only on one way.
 */
export const HASH_TAG = '{towncrier}';

/** Connects to the server that the target means now. Rejects with what went wrong. */
export async function dial(options: DialOptions): Promise<RedisClient> {
  const { target } = options;
  const { username, password, database } = target;
  const address = await serverOf(options);
  const client = makeClient({ ...options, address, username, password, database });
  return await orDestroy(client, async () => {
    await connectInTime(client, options.clock, target);
    if (target.kind !== 'single') await refuseReplica(client, options.clock);
    return client;
  });
}

/** Throws where the server is a replica: it was the master until now, or will be soon. */
export async function refuseReplica(client: RedisClient, clock: Clock): Promise<void> {
  const answer = await inTime(clock, client.role());
  if (answer?.role !== 'master') throw new Error('the server is not the master');
}

async function serverOf(options: DialOptions): Promise<Address> {
  switch (options.target.kind) {
    case 'single':
      return options.target.addresses[0];
    case 'sentinel':
      return firstAnswer(options, (client) => masterBySentinel(client, options.target));
    case 'cluster':
      return firstAnswer(options, ownerOfOurSlot);
  }
}

/** Asks one address after the other. Where none answers, what a person must mend comes before what may pass. */
async function firstAnswer(
  options: DialOptions,
  ask: (client: RedisClient, asked: Address) => Promise<Address>,
): Promise<Address> {
  let failure: unknown;
  for (const address of options.target.addresses) {
    const client = makeClient({ ...options, address, ...credentialsFor(options.target), database: 0 });
    try {
      await connectInTime(client, options.clock, options.target);
      return await inTime(options.clock, ask(client, address));
    } catch (error) {
      if (failure === undefined || refusalOf(failure, options.target.label) === undefined) failure = error;
    } finally {
      client.destroy();
    }
  }
  throw failure;
}

function credentialsFor(target: RedisTarget): { username: string | undefined; password: string | undefined } {
  return target.kind === 'sentinel'
    ? { username: target.sentinelUsername, password: target.sentinelPassword }
    : { username: target.username, password: target.password };
}

async function masterBySentinel(client: RedisClient, { master, label }: RedisTarget): Promise<Address> {
  const found: unknown = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master]);
  if (found === null) {
    throw new RedisRefused(
      `Redis Sentinel at ${label} knows no master "${master}": correct the name in the Redis URL.`,
    );
  }
  if (!Array.isArray(found)) throw new Error('the Sentinel gave a strange answer');
  return addressOf(found[0], found[1]);
}

async function ownerOfOurSlot(client: RedisClient, asked: Address): Promise<Address> {
  const slot = await client.clusterKeySlot(HASH_TAG);
  const ranges = await client.clusterSlots();
  const range = ranges.find(({ from, to }) => from <= slot && slot <= to);
  if (range === undefined) throw new Error(`no node of the cluster serves slot ${slot}`);
  // A node that does not know its own address means: the one that you asked.
  return addressOf(range.master.host || asked.host, range.master.port);
}

function addressOf(host: unknown, port: unknown): Address {
  const address = { host: String(host), port: Number(port) };
  if (address.host === '' || address.host === '?' || !(address.port > 0))
    throw new Error(`no server at ${textOf(address)}`);
  return address;
}

/** Destroys the client where its setting up fails. */
async function orDestroy<T>(client: RedisClient, setUp: () => Promise<T>): Promise<T> {
  try {
    return await setUp();
  } catch (error) {
    client.destroy();
    throw error;
  }
}
