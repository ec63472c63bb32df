/** Redis cannot be asked now: it is away, or it was lost before it answered. */
export class RedisAway extends Error {
  override name = 'RedisAway';
}

/** Redis, or the way to it, is set up so that waiting does not help. The message tells the operator what to do. */
export class RedisRefused extends Error {
  override name = 'RedisRefused';
}

/** What Redis, TLS or Node say where waiting does not help, and what we say then. */
const refusals: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^WRONGPASS|^ERR invalid password/, 'refuses the user name or password: correct them in the Redis URL'],
  [/^NOAUTH|HELLO must be called with the client already authenticated/, 'wants a password: add it to the Redis URL'],
  [/^ERR (?:AUTH <password> called without|Client sent AUTH)/, 'has no password set: remove it from the Redis URL'],
  [
    /^NOPERM/,
    'does not give this user the rights it needs: commands +@connection +@pubsub +eval +set +del +mget +zadd +zrem +zrange +zremrangebyscore +pexpire +time (+role with Sentinel, +role +cluster in a cluster), channels &*-channel, keys ~*{towncrier}*',
  ],
  [/^ERR (?:DB index is out of range|invalid DB index)/, 'has no database of this number: correct it in the Redis URL'],
  [/^ERR unknown command.*HELLO/i, 'is older than Redis 6: use a newer one'],
  [/^ERR This instance has cluster support disabled/, 'is not a cluster: use redis:// instead of redis+cluster://'],
  [/^ERR unknown command.*SENTINEL/i, 'is not a Sentinel: name the Sentinels, or use redis://'],
  [
    /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_|ALTNAME/,
    'shows a certificate that cannot be trusted: name the file of its authority by NODE_EXTRA_CA_CERTS, or the host as it does',
  ],
  [/WRONG_VERSION_NUMBER|packet length too long/, 'does not speak TLS at this port: use redis:// instead of rediss://'],
];

/** The same error as one that waiting does not help against, if it is. `label` names the server. */
export function refusalOf(error: unknown, label: string): RedisRefused | undefined {
  if (error instanceof RedisRefused) return error;
  const said = saidBy(error);
  const known = refusals.find(([pattern]) => pattern.test(said));
  return known && new RedisRefused(`Redis at ${label} ${known[1]} (${said}).`, { cause: error });
}

/** What an error says, in short: of several tries, the first. */
export function saidBy(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return saidBy(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code === '' || error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}
