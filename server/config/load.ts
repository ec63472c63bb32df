import { isIP } from 'node:net';
import { allowed } from './allowed.ts';
import { type Setting, type Settings, settings } from './settings.ts';
import { signInProblems } from './sign-in.ts';
import { streamProblems } from './stream-settings.ts';

/** Variables as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Either all values, checked, or one line for each thing that is wrong. */
export type Loaded =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: readonly string[] };

/** Symbols that an exchange may be asked for. */
const MOST_SYMBOLS = 200;

type Value = number | string | readonly string[];

/** Reads every setting. A variable that is unset, empty or blank means the default. */
export function loadSettings(environment: Environment): Loaded {
  const values: Record<string, Value> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const given = environment[name]?.trim() ?? '';
    const value = given === '' ? setting.default : parse(setting, given);
    if (value === undefined) problems.push(problem(name, setting, given));
    else values[name] = value;
  }
  if (values.PORT === values.ADMIN_PORT && values.PORT !== undefined && values.PORT !== 0)
    problems.push(`ADMIN_PORT=${values.ADMIN_PORT}: must be another port than PORT`);
  problems.push(...missing(values), ...signInProblems(values), ...streamProblems(values));
  if (problems.length > 0) return { problems };
  // `values` has each name of the table with a value of its type, which the loop above cannot tell the compiler.
  return { settings: values as unknown as Settings };
}

/** What a setting needs that another one does not give. */
function missing(values: Readonly<Record<string, Value>>): string[] {
  const problems: string[] = [];
  if ((values.ROLE === 'app' || values.ROLE === 'feed') && String(values.KAFKA_BROKERS) === '')
    problems.push(`ROLE=${values.ROLE}: needs KAFKA_BROKERS, by which the feed and the apps meet; or use ROLE=all`);
  const absent = ['MYSQL_URL', 'REDIS_URL', 'KAFKA_BROKERS'].filter((name) => String(values[name] ?? '') === '');
  if (Number(values.WORKERS) > 1 && absent.length > 0)
    problems.push(`WORKERS=${values.WORKERS}: needs ${absent.join(' and ')}, by which workers share what they know`);
  if (Number(values.WORKERS) > 1 && values.ROLE === 'feed')
    problems.push(`WORKERS=${values.WORKERS}: only one feed of all is active, so ROLE=feed needs no workers`);
  const proxies = Array.isArray(values.TRUST_PROXY) ? values.TRUST_PROXY.map(String) : [];
  for (const item of proxies.filter((each) => !isProxyName(each)))
    problems.push(`TRUST_PROXY=${item}: is no address and no network`);
  if (values.ROLE === 'feed' && values.MARKET_SOURCE === 'off')
    problems.push('ROLE=feed: needs a MARKET_SOURCE, it has nothing else to do');
  if (Array.isArray(values.MARKET_SYMBOLS) && values.MARKET_SYMBOLS.length > MOST_SYMBOLS)
    problems.push(`MARKET_SYMBOLS: names ${values.MARKET_SYMBOLS.length} symbols; at most ${MOST_SYMBOLS} are taken`);
  const kept = Array.isArray(values.CANDLE_RETENTION) ? values.CANDLE_RETENTION.map((item) => item.split(':')[0]) : [];
  const twice = kept.find((interval, i) => kept.indexOf(interval) !== i);
  if (twice !== undefined) problems.push(`CANDLE_RETENTION: names ${twice} twice`);
  if (values.KAFKA_SASL !== 'off' && values.KAFKA_SASL !== undefined && values.KAFKA_USERNAME === '')
    problems.push(`KAFKA_SASL=${values.KAFKA_SASL}: needs KAFKA_USERNAME and KAFKA_PASSWORD`);
  return problems;
}

/** `loopback`, `private`, an address, or a network as in `10.0.0.0/8`. */
function isProxyName(item: string): boolean {
  if (item === 'loopback' || item === 'private') return true;
  const [address = '', bits] = item.split('/', 2);
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

function problem(name: string, setting: Setting, given: string): string {
  const shown = setting.secret ? '(hidden)' : given;
  return `${name}=${shown}: must be ${allowed(setting)}`;
}

/** The value that a text stands for; `undefined` when it is not allowed. */
function parse(setting: Setting, given: string): Value | undefined {
  switch (setting.type) {
    case 'integer': {
      const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      return number >= setting.min && number <= setting.max ? number : undefined;
    }
    case 'choice':
      return setting.choices.includes(given) ? given : undefined;
    case 'text':
      return setting.pattern === undefined || setting.pattern.test(given) ? given : undefined;
    case 'list': {
      const items = given.split(',').map((item) => item.trim());
      const valid =
        items.every((item) => setting.pattern.test(item)) &&
        new Set(items).size === items.length &&
        (setting.first === undefined || items[0] === setting.first);
      return valid ? items : undefined;
    }
  }
}
