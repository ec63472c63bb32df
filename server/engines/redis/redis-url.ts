/** A host name or IP address, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is and who we are there: what one URL says. */
export interface RedisTarget {
  /** `single`: the server itself. `sentinel`: those who know which server it is now. `cluster`: some nodes of it. */
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  readonly addresses: readonly [Address, ...Address[]];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Of the sentinels themselves, which have users of their own. */
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
  /** The name that the sentinels know the server by; empty for the other kinds. */
  readonly master: string;
  readonly database: number;
  /** The URL without its secrets, for the log. */
  readonly label: string;
}

type Kind = RedisTarget['kind'];

const FORM =
  /^(?<scheme>[a-z+]+):\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#@]*))?(?:\?(?<query>[^#@]*))?$/i;
const SCHEMES: ReadonlyMap<string, { readonly kind: Kind; readonly tls: boolean }> = new Map([
  ['redis', { kind: 'single', tls: false }],
  ['rediss', { kind: 'single', tls: true }],
  ['redis+sentinel', { kind: 'sentinel', tls: false }],
  ['rediss+sentinel', { kind: 'sentinel', tls: true }],
  ['redis+cluster', { kind: 'cluster', tls: false }],
  ['rediss+cluster', { kind: 'cluster', tls: true }],
]);
const HOST = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i;
const DEFAULT_PORT = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;
const PARAMETERS = ['sentinelUsername', 'sentinelPassword'];

/**
 * Reads a Redis URL. Throws an Error whose message tells the operator what to write instead; it never repeats the URL,
 * which may hold a password.
 *
 *     redis://[user:password@]host[:port][/database]           rediss:// with TLS, for all forms
 *     redis+sentinel://[user:password@]host[:port],…/master-name[/database][?sentinelUsername=…&sentinelPassword=…]
 *     redis+cluster://[user:password@]host[:port],…
 */
export function parseRedisUrl(url: string): RedisTarget {
  const form = FORM.exec(url.trim())?.groups;
  if (form === undefined) {
    throw new Error(
      'A Redis URL looks like redis://user:password@host:6379; in a password / is written %2F, ? %3F, # %23 and @ %40.',
    );
  }
  const { scheme = '', user, hosts = '', path = '', query = '' } = form;
  const { kind, tls } = schemeOf(scheme.toLowerCase());
  const addresses = addressesOf(kind, hosts);
  const { master, database } = placeOf(kind, path);
  const place = [master, database || ''].filter((part) => part !== '').map((part) => `/${part}`);
  return {
    kind,
    tls,
    addresses,
    ...credentialsOf(user),
    ...sentinelCredentialsOf(kind, query),
    master,
    database,
    label: `${scheme.toLowerCase()}://${addresses.map(textOf).join(',')}${place.join('')}`,
  };
}

/** An address as it is written. */
export function textOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function schemeOf(scheme: string): { kind: Kind; tls: boolean } {
  const known = SCHEMES.get(scheme);
  if (known !== undefined) return known;
  throw new Error(`A Redis URL begins with ${[...SCHEMES.keys()].join('://, ')}://, and not with ${scheme}://.`);
}

function addressesOf(kind: Kind, hosts: string): [Address, ...Address[]] {
  const [first, ...more] = hosts.split(',').map((host, i) => addressOf(kind, host.trim(), i));
  if (first === undefined || (more.length > 0 && kind === 'single')) {
    throw new Error(
      'Several hosts belong to redis+sentinel:// or redis+cluster://; redis:// and rediss:// name one server.',
    );
  }
  return [first, ...more];
}

function addressOf(kind: Kind, text: string, index: number): Address {
  const { ipv6, name, port } = HOST.exec(text)?.groups ?? {};
  const host = ipv6 ?? name;
  const number = port === undefined ? DEFAULT_PORT[kind] : Number(port);
  if (host !== undefined && number >= 1 && number <= 65_535) return { host, port: number };
  // It is not repeated: where the @ is missing, it is the password.
  throw new Error(
    `Host ${index + 1} of the Redis URL is not one: a host looks like name:port, 10.0.0.1:port or [::1]:port.`,
  );
}

function credentialsOf(user: string | undefined): Pick<RedisTarget, 'username' | 'password'> {
  if (user === undefined) return { username: undefined, password: undefined };
  const colon = user.indexOf(':');
  const name = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? '' : user.slice(colon + 1);
  if (name !== '' && password === '') {
    throw new Error(
      'A Redis URL with a user has a password too: redis://user:password@host. Only it: redis://:password@host.',
    );
  }
  return {
    username: name === '' ? undefined : decoded(name),
    password: password === '' ? undefined : decoded(password),
  };
}

function placeOf(kind: Kind, path: string): Pick<RedisTarget, 'master' | 'database'> {
  const parts = path.split('/').map(decoded);
  const master = kind === 'sentinel' ? (parts.shift() ?? '') : '';
  if (kind === 'sentinel' && master === '') {
    throw new Error('A Sentinel URL ends with the name of the master: redis+sentinel://host:26379/master-name.');
  }
  const database = parts.shift() ?? '';
  if (kind === 'cluster' && database !== '')
    throw new Error('A Redis Cluster has no databases: nothing follows its hosts.');
  if (parts.length > 0 || !/^\d{0,4}$/.test(database)) {
    throw new Error('The database in a Redis URL is a number after the host, such as redis://host:6379/2.');
  }
  return { master, database: Number(database) };
}

function sentinelCredentialsOf(kind: Kind, query: string): Pick<RedisTarget, 'sentinelUsername' | 'sentinelPassword'> {
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (kind === 'sentinel' && PARAMETERS.includes(name)) continue;
    throw new Error(`A Redis URL takes no "${name}" after the ?; only Sentinel URLs take ${PARAMETERS.join(' and ')}.`);
  }
  return {
    sentinelUsername: parameters.get('sentinelUsername') ?? undefined,
    sentinelPassword: parameters.get('sentinelPassword') ?? undefined,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('A % in a Redis URL is written %25: it begins a percent-encoded character.');
  }
}
