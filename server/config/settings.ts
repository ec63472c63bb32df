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
    choices: ['simulator', 'replay', 'off'],
    text: 'Where prices come from.',
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
  ALLOWED_ORIGINS: {
    type: 'list',
    default: [],
    pattern: /^(\*|https?:\/\/[^/]+)$/,
    patternText: 'origins such as https://example.org, or * for all',
    text: 'Other sites that may use the API, /stream and /ws-endpoint from a browser.',
  },
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
