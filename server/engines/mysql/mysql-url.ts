/** Where a database is and how to come in, as one URL says it. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Encrypted, with the server's certificate checked; by the authorities of this file where one is named. */
  readonly tls: { readonly caFile: string | undefined } | undefined;
}

const SCHEMES = ['mysql:', 'mariadb:'];
const DEFAULT_PORT = 3306;
const DEFAULT_DATABASE = 'websockets_db';
const SHAPE = 'mysql://user:password@host:3306/database, with ?ssl=true or ?sslCa=/path/of/ca.pem for TLS';
const PARAMETERS = ['ssl', 'sslCa'];

/** Reads `mysql://user:password@host:port/database?ssl=true&sslCa=path`. Throws a sentence for the operator. */
export function parseMysqlUrl(text: string): MysqlAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text itself is never repeated: it holds a password.
  if (url === undefined || !SCHEMES.includes(url.protocol) || url.hostname === '') {
    throw new Error(`the URL of the database is not valid: it must look like ${SHAPE}`);
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: decoded(url.username, 'user') || 'root',
    password: decoded(url.password, 'password'),
    database: databaseOf(url),
    tls: tlsOf(url.searchParams),
  };
}

/** The address for logs: without password. */
export function shown(address: MysqlAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `mysql://${host}:${address.port}/${address.database}`;
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`the ${part} in the URL of the database is not valid: write % as %25`);
  }
}

function databaseOf(url: URL): string {
  const database = decoded(url.pathname.replace(/^\//, ''), 'database name');
  if (database.includes('/')) throw new Error('the URL of the database must name one database after the host');
  return database || DEFAULT_DATABASE;
}

function tlsOf(parameters: URLSearchParams): MysqlAddress['tls'] {
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new Error(`the URL of the database has the parameter "${name}"; known are ${PARAMETERS.join(' and ')}`);
    }
  }
  const ssl = parameters.get('ssl');
  if (ssl !== null && ssl !== 'true' && ssl !== 'false') {
    throw new Error('the parameter "ssl" in the URL of the database must be true or false');
  }
  const caFile = parameters.get('sslCa') ?? undefined;
  if (ssl === 'false' && caFile !== undefined) {
    throw new Error('the URL of the database says ssl=false and names sslCa: only one of them can be meant');
  }
  return ssl === 'true' || caFile !== undefined ? { caFile } : undefined;
}
