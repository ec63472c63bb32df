import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, loadSettings } from '../../server/config/load.ts';
import { settings } from '../../server/config/settings.ts';

function problemsOf(environment: Environment): readonly string[] {
  const { problems } = loadSettings(environment);
  assert.ok(problems, 'the settings were taken');
  return problems;
}

function valuesOf(environment: Environment) {
  const loaded = loadSettings(environment);
  assert.deepEqual(loaded.problems, undefined);
  assert.ok(loaded.settings);
  return loaded.settings;
}

test('without variables every setting has its default', () => {
  const expected = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
  assert.deepEqual(valuesOf({}), expected);
});

test('an empty or blank variable means the default', () => {
  assert.equal(valuesOf({ PORT: '' }).PORT, settings.PORT.default);
  assert.deepEqual(valuesOf({ CHAT_ROOMS: '  ' }).CHAT_ROOMS, ['global']);
});

test('values are read by their type, without the blanks around them', () => {
  const values = valuesOf({
    PORT: ' 1234 ',
    MARKET_SOURCE: 'replay',
    DATA_DIR: '/var/lib/town crier',
    CHAT_ROOMS: 'global, help,dev-2',
    ALLOWED_ORIGINS: 'https://example.org,http://localhost:5173',
  });
  assert.equal(values.PORT, 1234);
  assert.equal(values.MARKET_SOURCE, 'replay');
  assert.equal(values.DATA_DIR, '/var/lib/town crier');
  assert.deepEqual(values.CHAT_ROOMS, ['global', 'help', 'dev-2']);
  assert.deepEqual(values.ALLOWED_ORIGINS, ['https://example.org', 'http://localhost:5173']);
});

test('the smallest and the largest number are taken', () => {
  assert.equal(valuesOf({ PORT: '0' }).PORT, 0);
  assert.equal(valuesOf({ PORT: '65535' }).PORT, 65_535);
});

const wrong: readonly (readonly [name: string, value: string, says: RegExp])[] = [
  ['PORT', 'http', /whole number from 0 to 65535/],
  ['PORT', '65536', /whole number from 0 to 65535/],
  ['PORT', '-1', /whole number/],
  ['PORT', '80.5', /whole number/],
  ['PORT', '1e3', /whole number/],
  ['PORT', '0x50', /whole number/],
  ['PORT', '99999999999999999999', /whole number/],
  ['MARKET_TICKS_PER_SECOND', '0', /from 1 to 100000/],
  ['MARKET_SOURCE', 'Simulator', /one of simulator, replay, coinbase, binance, kraken, off/],
  ['MARKET_SYMBOLS', 'btc-usd', /base and quote currency as in BTC-USD/],
  ['CANDLE_RETENTION', '1m:0', /a colon and days/],
  ['STREAMS', 'Orders:latest', /small letters/],
  ['STREAMS', 'orders:newest', /latest or complete/],
  ['MARKET_FEED_URL', 'http://example.org', /wss:/],
  ['LOG_LEVEL', 'toString', /one of debug/],
  ['CHAT_ROOMS', 'help', /global comes first/],
  ['CHAT_ROOMS', 'help,global', /global comes first/],
  ['CHAT_ROOMS', 'global,help,help', /list/],
  ['CHAT_ROOMS', 'global,,help', /list/],
  ['CHAT_ROOMS', 'global,Help', /small letters/],
  ['CHAT_ROOMS', `global,${'x'.repeat(64)}`, /at most 63/],
  ['ROLE', 'leader', /one of all, app, feed/],
  ['WORKERS', '0', /from 1 to 64/],
  ['REDIS_PREFIX', 'a{b}', /without blanks/],
  ['KAFKA_BROKERS', 'kafka', /host:port/],
  ['KAFKA_BROKERS', 'kafka:9092,kafka:9092', /list/],
  ['ALLOWED_ORIGINS', 'example.org', /origins such as https:/],
  ['ALLOWED_ORIGINS', 'https://example.org/', /origins such as https:/],
  ['ALLOWED_ORIGINS', 'https://*.example.org', /origins such as https:/],
];
for (const [name, value, says] of wrong) {
  test(`${name}=${value} is refused by one line that names the variable, the value and what is allowed`, () => {
    const [line = '', ...more] = problemsOf({ [name]: value });
    assert.deepEqual(more, []);
    assert.ok(line.startsWith(`${name}=${value}: must be `), line);
    assert.match(line, says);
    assert.doesNotMatch(line, /\n/);
  });
}

test('all that is wrong is reported at once', () => {
  const lines = problemsOf({ PORT: 'x', ADMIN_PORT: 'y', MARKET_SEED: 'z', HOST: '127.0.0.1' });
  assert.deepEqual(
    lines.map((line) => line.split('=')[0]),
    ['PORT', 'ADMIN_PORT', 'MARKET_SEED'],
  );
});

test('one port cannot serve as both, unless each takes a free one', () => {
  assert.match(problemsOf({ PORT: '9090' })[0] ?? '', /^ADMIN_PORT=9090: must be another port than PORT$/);
  assert.equal(valuesOf({ PORT: '0', ADMIN_PORT: '0' }).ADMIN_PORT, 0);
});

test('variables that are none of ours are nobody’s business', () => {
  assert.deepEqual(valuesOf({ CHAT_ROOM: 'x', PATH: '/bin', MARKET_SPEED: 'fast' }), valuesOf({}));
});

for (const [name, value] of [
  ['MYSQL_URL', 'postgres://ann:secret@db/chat'],
  ['REDIS_URL', 'http://:secret@cache'],
] as const) {
  test(`a wrong ${name} is refused without being shown`, () => {
    const [line = ''] = problemsOf({ [name]: value });
    assert.ok(line.startsWith(`${name}=(hidden): must be like `), line);
    assert.doesNotMatch(line, /secret/);
  });
}

const REAL = {
  MYSQL_URL: 'mysql://db',
  REDIS_URL: 'redis+sentinel://a:1,b:2/main',
  KAFKA_BROKERS: 'k1:9092,[::1]:9093',
};

test('the real engines are named by their addresses', () => {
  assert.deepEqual(valuesOf({ ...REAL, WORKERS: '4' }).KAFKA_BROKERS, ['k1:9092', '[::1]:9093']);
});

const together: readonly (readonly [environment: Environment, says: string])[] = [
  [{ ROLE: 'app' }, 'ROLE=app: needs KAFKA_BROKERS, by which the feed and the apps meet; or use ROLE=all'],
  [{ ROLE: 'feed' }, 'ROLE=feed: needs KAFKA_BROKERS, by which the feed and the apps meet; or use ROLE=all'],
  [
    { ROLE: 'feed', MARKET_SOURCE: 'off', KAFKA_BROKERS: 'k:1' },
    'ROLE=feed: needs a MARKET_SOURCE, it has nothing else to do',
  ],
  [
    { WORKERS: '2', REDIS_URL: 'redis://r' },
    'WORKERS=2: needs MYSQL_URL and KAFKA_BROKERS, by which workers share what they know',
  ],
  [{ ...REAL, WORKERS: '2', ROLE: 'feed' }, 'WORKERS=2: only one feed of all is active, so ROLE=feed needs no workers'],
  [{ KAFKA_SASL: 'PLAIN' }, 'KAFKA_SASL=PLAIN: needs KAFKA_USERNAME and KAFKA_PASSWORD'],
];
for (const [environment, says] of together) {
  test(`what a setting needs of another is said: ${says}`, () => {
    assert.deepEqual(problemsOf(environment), [says]);
  });
}

test('a stream of a name that is taken, named twice, or with a token that means nothing is refused by its part', () => {
  const problems = (settings: Record<string, string>) => loadSettings(settings).problems;
  assert.deepEqual(problems({ STREAMS: 'orders:latest,chat:complete' }), [
    'STREAMS: chat is the name of something else already',
  ]);
  assert.deepEqual(problems({ STREAMS: 'orders:latest,orders:complete' }), ['STREAMS: names orders twice']);
  const many = Array.from({ length: 33 }, (_, i) => `s${i}:latest`).join();
  assert.deepEqual(problems({ STREAMS: many }), ['STREAMS: names 33 streams; at most 32 are taken']);
  const jwt = { AUTH: 'jwt', JWT_SECRET: 'x'.repeat(32), STREAM_TOKEN: 'a-long-random-secret' };
  assert.match(problems(jwt)?.join() ?? '', /^STREAM_TOKEN: means nothing with AUTH=jwt/);
  assert.match(problems({ STREAM_TOKEN: 'short' })?.join() ?? '', /^STREAM_TOKEN=\(hidden\): must be 16 to 256/);
  assert.equal(problems({ STREAMS: 'orders:latest,alerts:complete' }), undefined);
});

for (const [name, least] of [
  ['MODERATOR_TOKEN', 24],
  ['ADMIN_TOKEN', 16],
  ['STREAM_TOKEN', 16],
] as const) {
  test(`a ${name} that could be guessed is refused, and not shown`, () => {
    const [line = '', ...more] = problemsOf({ [name]: 'x'.repeat(least - 1) });
    assert.deepEqual(more, []);
    assert.match(line, new RegExp(`^${name}=\\(hidden\\): must be ${least} to 256 `));
    assert.match(problemsOf({ [name]: 'two words of a poem about the sea' })[0] ?? '', /^\w+=\(hidden\): must be /);
    assert.equal(loadSettings({ [name]: 'x'.repeat(least) }).problems, undefined);
  });
}

test('an interval of candles that is named twice is refused by its name', () => {
  const { problems } = loadSettings({ CANDLE_RETENTION: '1s:1,1m:2,1s:3' });
  assert.deepEqual(problems, ['CANDLE_RETENTION: names 1s twice']);
});

test('more symbols than an exchange may be asked for are refused, and their number is said', () => {
  const symbols = Array.from({ length: 201 }, (_, i) => `C${i}-USD`);
  assert.deepEqual(loadSettings({ MARKET_SYMBOLS: symbols.join() }).problems, [
    'MARKET_SYMBOLS: names 201 symbols; at most 200 are taken',
  ]);
  assert.equal(loadSettings({ MARKET_SYMBOLS: symbols.slice(1).join() }).problems, undefined);
});
