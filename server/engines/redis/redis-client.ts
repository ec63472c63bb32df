import { ConnectionTimeoutError, RedisClient as LibraryClient } from 'redis';
import type { Clock } from '../../clock.ts';
import type { RedisOptions } from './redis-options.ts';
import type { Address, RedisTarget } from './redis-url.ts';

/** What does not answer for so long, in milliseconds, while a connection is set up, does not answer. */
const ANSWER_TIMEOUT = 2_000;
/** Of that, for the way there, TLS included. */
const CONNECT_TIMEOUT = 1_500;
/** Commands that may wait for their answer at once, on one connection. */
const MAX_PENDING = 10_000;

/**
 * Makes clients of one class. `createClient` makes a class with hundreds of methods a client: while Redis is away, and is tried
 * once a second by three connections, that alone took a tenth of a core.
 */
const newClient = LibraryClient.factory({});

export interface ClientOptions {
  readonly address: Address;
  readonly target: RedisTarget;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: RedisOptions['tls'];
  /** Shown by CLIENT LIST. */
  readonly name: string;
}

/**
 * A client that lives as long as its connection: it neither reconnects nor keeps commands for later. Coming back is the
 * link's work, because the next server may be another one.
 */
export function makeClient({ address, target, username, password, database, tls, name }: ClientOptions) {
  const client = newClient({
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    name,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MAX_PENDING,
    // A timer for each command is dear, and ends only those not yet written; the link's beat watches them all.
    commandOptions: { timeout: 0 },
    // Ends before the callers' own limit does: the library lets go of a socket only once it is connected.
    socket: {
      ...address,
      ...(target.tls && { tls: true as const, ...tls }),
      connectTimeout: CONNECT_TIMEOUT,
      reconnectStrategy: false,
    },
  });
  // Without a listener an error would end the process. Who needs to know adds one.
  client.on('error', () => undefined);
  return client;
}

/** The part of the library's client that is used. */
export type RedisClient = ReturnType<typeof makeClient>;

/** Connects. Rejects where that takes too long; then the client is to be destroyed. */
export async function connectInTime(client: RedisClient, clock: Clock, { tls }: RedisTarget): Promise<void> {
  try {
    await inTime(clock, client.connect());
  } catch (error) {
    const guess = guessOf(error, tls);
    throw guess === undefined ? error : new Error(guess, { cause: error });
  }
}

/** What may be wrong where nothing is answered. */
function guessOf(error: unknown, tls: boolean): string | undefined {
  // A Redis without TLS takes the greeting for the beginning of a command, and says nothing.
  if (tls && error instanceof ConnectionTimeoutError) return 'no answer: perhaps no TLS is spoken at this port';
  const said = error instanceof Error ? error.message : '';
  if (tls || !/ECONNRESET|Socket closed/.test(said)) return undefined;
  return `${said}: perhaps TLS is spoken at this port (rediss://), or something else than Redis`;
}

/** The result, if it comes in time. Otherwise rejects; what was asked then goes on, so the client is to be destroyed. */
export async function inTime<T>(clock: Clock, result: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(ANSWER_TIMEOUT, () => late.reject(new Error(`no answer within ${ANSWER_TIMEOUT} ms`)));
  try {
    return await Promise.race([result, late.promise]);
  } finally {
    timer.cancel();
  }
}
