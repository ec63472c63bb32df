import { drainSettings } from './drain-settings.ts';
import { labSettings } from './lab-settings.ts';
import { moderationSettings } from './moderation-settings.ts';
import { opsSettings } from './ops-settings.ts';
import { sockjsSettings } from './sockjs-settings.ts';
import { streamSettings } from './stream-settings.ts';
import { tracingSettings } from './tracing-settings.ts';

/** One setting: everything that the loader, `--help`, the check and `docs/reference/settings.md` know of it. */
export type Setting = {
  readonly text: string;
  readonly secret?: boolean;
} & (
  | {
      readonly type: 'integer';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly unit?: string;
    }
  | { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] }
  | { readonly type: 'text'; readonly default: string; readonly pattern?: RegExp; readonly patternText?: string }
  | {
      /** Separated by commas; an item stands once. */
      readonly type: 'list';
      readonly default: readonly string[];
      readonly pattern: RegExp;
      readonly patternText: string;
      /** What the first item must be. */
      readonly first?: string;
    }
);

/** Every setting, by the name of its environment variable. */
export const settings = {
  PORT: {
    type: 'integer',
    default: 8080,
    min: 0,
    max: 65_535,
    text: 'Port of the page, the API, /ws-endpoint and /stream; 0 takes a free one.',
  },
  HOST: { type: 'text', default: '0.0.0.0', text: 'Address to listen at, for both ports.' },
  ADMIN_PORT: {
    type: 'integer',
    default: 9090,
    min: 0,
    max: 65_535,
    text: 'Port of /metrics and /health; 0 takes a free one.',
  },
  DATA_DIR: { type: 'text', default: './data', text: 'Folder of the embedded message store.' },
  ROLE: {
    type: 'choice',
    default: 'all',
    choices: ['all', 'app', 'feed'],
    text: 'app serves clients, feed brings prices into Kafka (of several one is active), all does both.',
  },
  WORKERS: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 64,
    unit: 'processes',
    text: 'Processes that share the ports, each an instance of its own; more than one need MySQL, Redis and Kafka.',
  },
  MYSQL_URL: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^(?:mysql|mariadb):\/\/\S+$/,
    patternText: 'like mysql://user:password@host:3306/websockets_db, with ?ssl=true or ?sslCa=/path/ca.pem for TLS',
    text: 'MySQL 8 or MariaDB 10.11, or later, as the message store that all instances share.',
  },
  REDIS_URL: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^rediss?(?:\+sentinel|\+cluster)?:\/\/\S+$/,
    patternText:
      'like redis://user:password@host:6379, rediss:// for TLS, redis+sentinel://host:26379,host/master, redis+cluster://host,host',
    text: 'Redis, by which instances tell each other what is new; for TLS an authority of your own is named by NODE_EXTRA_CA_CERTS.',
  },
  REDIS_PREFIX: {
    type: 'text',
    default: '',
    pattern: /^[^\s{}]{1,64}$/,
    patternText: 'at most 64 characters without blanks, { and }',
    text: 'Stands before each channel and key in Redis, so that several deployments can share one.',
  },
  KAFKA_BROKERS: {
    type: 'list',
    default: [],
    pattern: /^[^\s:,/]+:\d{1,5}$|^\[[0-9a-fA-F:.]+\]:\d{1,5}$/,
    patternText: 'host:port',
    text: 'Some brokers of the Kafka cluster that holds the ticks; the others are learnt from them.',
  },
  KAFKA_PREFIX: {
    type: 'text',
    default: '',
    pattern: /^[a-zA-Z0-9._-]{1,64}$/,
    patternText: 'at most 64 letters, digits, dots, - and _',
    text: 'Stands before the topics and the group in Kafka, so that several deployments can share one.',
  },
  KAFKA_TLS: {
    type: 'choice',
    default: 'off',
    choices: ['off', 'on'],
    text: 'Whether Kafka is spoken to by TLS; an authority of your own is named by NODE_EXTRA_CA_CERTS.',
  },
  KAFKA_SASL: {
    type: 'choice',
    default: 'off',
    choices: ['off', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
    text: 'How this instance signs in to Kafka.',
  },
  KAFKA_USERNAME: { type: 'text', default: '', text: 'The name for KAFKA_SASL.' },
  KAFKA_PASSWORD: { type: 'text', default: '', secret: true, text: 'The password for KAFKA_SASL.' },
  START_WAIT: {
    type: 'integer',
    default: 60,
    min: 0,
    max: 3_600,
    unit: 's',
    text: 'How long a start waits for MySQL, Redis and Kafka, each.',
  },
  CHAT_ROOMS: {
    type: 'list',
    default: ['global'],
    pattern: /^[a-z0-9][a-z0-9_-]{0,62}$/,
    patternText: 'names of small letters, digits, - and _, at most 63 characters each',
    first: 'global',
    text: 'Chat rooms. The first, global, is the one that plain /topic/chat means.',
  },
  MARKET_SOURCE: {
    type: 'choice',
    default: 'simulator',
    choices: ['simulator', 'replay', 'coinbase', 'binance', 'kraken', 'off'],
    text: 'Where prices come from: made up, recorded, an exchange, or nowhere (other programs may write them to Kafka).',
  },
  MARKET_SYMBOLS: {
    type: 'list',
    default: ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-USD'],
    pattern: /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/,
    patternText: 'base and quote currency as in BTC-USD, at most 200',
    text: 'What an exchange is asked for. Binance has no dollars: there USD means USDT.',
  },
  MARKET_FEED_URL: {
    type: 'text',
    default: '',
    pattern: /^wss?:\/\/\S+$/,
    patternText: 'a URL that begins with wss:// or ws://',
    text: 'Where the exchange is reached, instead of its own public address.',
  },
  MARKET_TICKS_PER_SECOND: {
    type: 'integer',
    default: 20,
    min: 1,
    max: 100_000,
    unit: 'ticks/s',
    text: 'Pace of the simulator, all symbols together.',
  },
  MARKET_SEED: {
    type: 'integer',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    text: 'Seed of the simulator: the same seed makes the same prices.',
  },
  MARKET_REPLAY_FILE: {
    type: 'text',
    default: './samples/trades-2025-03-25.csv.gz',
    text: 'Recorded trades for MARKET_SOURCE=replay: CSV, also gzipped, with the columns time_ms,symbol,price,size.',
  },
  MARKET_REPLAY_SPEED: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 1_000,
    unit: 'times',
    text: 'How much faster than recorded a replay runs.',
  },
  CANDLE_RETENTION: {
    type: 'list',
    default: ['1s:1', '1m:30', '5m:365', '1h:3650'],
    pattern: /^(?:1s|1m|5m|1h):[1-9]\d{0,4}$/,
    patternText: 'an interval (1s, 1m, 5m, 1h), a colon and days, as in 1m:30',
    text: 'For how many days candles are stored; those of an interval that is not named are not.',
  },
  ALLOWED_ORIGINS: {
    type: 'list',
    default: [],
    pattern: /^(\*|https?:\/\/[^/*]+)$/,
    patternText: 'origins such as https://example.org, or * for all',
    text: 'Other sites that may use the API, /stream and /ws-endpoint from a browser.',
  },
  AUTH: {
    type: 'choice',
    default: 'guest',
    choices: ['guest', 'jwt'],
    text: 'Who may use the server: guest is everyone, under any name; jwt is who has a token, under the name in it.',
  },
  AUTH_ANONYMOUS_READ: {
    type: 'choice',
    default: 'off',
    choices: ['off', 'on'],
    text: 'With AUTH=jwt: whether who comes without a token may read chat and market.',
  },
  JWT_SECRET: {
    type: 'text',
    default: '',
    secret: true,
    text: 'The key of tokens signed with HS256, at least 32 bytes. One of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS is needed with AUTH=jwt.',
  },
  JWT_PUBLIC_KEY: {
    type: 'text',
    default: '',
    text: 'The public key of tokens signed with RS256 (at least 2,048 bits), ES256 or EdDSA: PEM, with line breaks or \\n, or the path of such a file.',
  },
  JWT_JWKS: {
    type: 'text',
    default: '',
    pattern:
      /^(?:https:\/\/[^\s@]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/\S*)?|(?![a-z][a-z+.-]*:\/\/)\S.*)$/,
    patternText: 'an https URL (http only on this machine) without a password in it, or the path of a file',
    text: 'Where the public keys of tokens are (RFC 7517). They are read again when a token names an unknown one.',
  },
  JWT_JWKS_STALE: {
    type: 'integer',
    default: 86_400,
    min: 0,
    max: 31_536_000,
    unit: 's',
    text: 'How long the keys of JWT_JWKS are used when they cannot be read again.',
  },
  JWT_ISSUER: {
    type: 'text',
    default: '',
    text: 'What the claim iss of a token must be; not checked where this is empty.',
  },
  JWT_AUDIENCE: {
    type: 'text',
    default: '',
    text: 'What the claim aud of a token must be or hold; not checked where this is empty.',
  },
  JWT_ALGORITHMS: {
    type: 'list',
    default: [],
    pattern: /^(?:HS256|RS256|ES256|EdDSA)$/,
    patternText: 'HS256 (only with JWT_SECRET), RS256, ES256 and EdDSA (only with public keys)',
    text: 'The algorithms that tokens may be signed with; where this is empty, those that fit the key.',
  },
  JWT_CLOCK_SKEW: {
    type: 'integer',
    default: 30,
    min: 0,
    max: 600,
    unit: 's',
    text: 'How much later than it says a token ends, and how much earlier it begins, for clocks that differ.',
  },
  JWT_NAME_CLAIM: {
    type: 'text',
    default: 'name',
    text: 'The claim with the name that others see; where a token lacks it, preferred_username, then sub.',
  },
  JWT_SCOPE_CLAIM: {
    type: 'text',
    default: 'scope',
    text: 'The claim with the scopes: a list, or a text with blanks between them.',
  },
  JWT_DEFAULT_SCOPES: {
    type: 'list',
    default: [],
    pattern: /^(?:chat:read|chat:write|market:read|moderate|stream:read|stream:write)$/,
    patternText: 'chat:read, chat:write, market:read, moderate, stream:read and stream:write',
    text: 'Scopes that every token has besides its own.',
  },
  JWT_COOKIE: {
    type: 'text',
    default: '',
    pattern: /^[\w!#$%&'*+.^`|~-]{1,128}$/,
    patternText: 'the name of a cookie',
    text: 'A cookie that may hold the token, from pages of this origin and of ALLOWED_ORIGINS only.',
  },
  TRUST_PROXY: {
    type: 'list',
    default: [],
    pattern: /^(?:loopback|private|[0-9a-fA-F.:]+(?:\/\d{1,3})?)$/,
    patternText: 'addresses, networks such as 10.0.0.0/8, loopback or private',
    text: 'Proxies in front, whose X-Forwarded-For is believed: limits count the address that it names.',
  },
  CHAT_RATE_LIMIT: {
    type: 'integer',
    default: 20,
    min: 0,
    max: 1_000_000,
    unit: 'messages/s',
    text: 'Chat messages of a session, with a burst of 5 s; an address may send 50 times as many; 0 is no limit.',
  },
  TYPING_RATE_LIMIT: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 1_000_000,
    unit: 'events/s',
    text: 'Typing events of a session, with a burst of 5 s; an address may send 50 times as many; 0 is no limit.',
  },
  REQUEST_RATE_LIMIT: {
    type: 'integer',
    default: 1_000,
    min: 0,
    max: 1_000_000,
    unit: 'requests/s',
    text: 'Requests of an address for the page and the API, with a burst of 4 s; 0 is no limit.',
  },
  CONNECT_RATE_LIMIT: {
    type: 'integer',
    default: 500,
    min: 0,
    max: 1_000_000,
    unit: 'connections/s',
    text: 'New connections of an address, with a burst of 4 s; 0 is no limit.',
  },
  MAX_CONNECTIONS: {
    type: 'integer',
    default: 100_000,
    min: 0,
    max: 10_000_000,
    unit: 'connections',
    text: 'Connections of all clients together; 0 is no limit.',
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    type: 'integer',
    default: 2_000,
    min: 0,
    max: 10_000_000,
    unit: 'connections',
    text: 'Connections of an address (of a /64 with IPv6); 0 is no limit.',
  },
  MAX_SUBSCRIPTIONS: {
    type: 'integer',
    default: 256,
    min: 0,
    max: 1_000_000,
    unit: 'subscriptions',
    text: 'Subscriptions of a STOMP session; 0 is no limit.',
  },
  WEBSOCKET_COMPRESSION: {
    type: 'choice',
    default: 'on',
    choices: ['off', 'on'],
    text: 'Whether WebSocket messages may be compressed (permessage-deflate), both ways.',
  },
  STREAM_COMPRESSION: {
    type: 'choice',
    default: 'on',
    choices: ['off', 'on'],
    text: 'Whether /stream is sent as gzip to clients that read it.',
  },
  ...streamSettings,
  ...sockjsSettings,
  ...labSettings,
  ...drainSettings,
  ...tracingSettings,
  ...opsSettings,
  ...moderationSettings,
  LATENCY_BUDGET: {
    type: 'integer',
    default: 250,
    min: 0,
    max: 5_000,
    unit: 'ms',
    text: 'How long events may wait to be sent together when sending is dear (many clients, many events).',
  },
  LOG_LEVEL: {
    type: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    text: 'The least important log lines that are written.',
  },
} as const satisfies Record<string, Setting>;

type Value<S> = S extends { type: 'integer' }
  ? number
  : S extends { type: 'list' }
    ? readonly string[]
    : S extends { type: 'choice'; choices: readonly (infer C)[] }
      ? C
      : string;

/** The values of all settings, checked. */
export type Settings = { readonly [Name in keyof typeof settings]: Value<(typeof settings)[Name]> };
