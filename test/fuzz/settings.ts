import fc from 'fast-check';
import { loadSettings } from '../../server/config/load.ts';
import { type Setting, settings } from '../../server/config/settings.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { texts } from './inputs.ts';

const table = Object.entries<Setting>(settings);
const NAMES = table.map(([name]) => name);
/** What makes a value a secret here; others may stand in the text of a problem by chance. */
const SECRET = 'swordfish';

const value = fc.oneof(
  fc.constantFrom('0', '1', 'on', 'off', 'jwt', 'app', 'feed', 'all', '*', 'loopback', '10.0.0.0/8', 'HS256,RS256', ''),
  fc.constantFrom(
    'mysql://user:swordfish@host:3306/db',
    'rediss://:swordfish@host',
    'https://a.example',
    'host:9092,b:1',
  ),
  fc.nat().map(String),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const environment = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 8 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('\x01'));

function check(text: string): string | undefined {
  const given = Object.fromEntries(
    text.split('\x01').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const { settings: loaded, problems } = loadSettings(given);
  if (loaded !== undefined) {
    const missing = NAMES.filter((name) => !Object.hasOwn(loaded, name));
    if (missing.length > 0) throw new Error(`no value for ${missing.join()}`);
    return undefined;
  }
  if (problems.length === 0) throw new Error('neither settings nor problems');
  for (const [name, { secret }] of table) {
    const hidden = given[name]?.trim() ?? '';
    // The same text as the value of an open setting may be told.
    const open = table.some(([other, setting]) => !setting.secret && given[other]?.includes(hidden));
    if (secret && !open && hidden.includes(SECRET) && problems.some((line) => line.includes(hidden)))
      throw new Error(`a problem tells ${name}`);
  }
  return 'problems';
}

/** The environment that an operator gives: values or problems, and no secret in a problem. */
export const settingsFuzzer: Fuzzer = {
  name: 'settings',
  share: 1,
  async fuzz(count, seed) {
    const account = new Account(count);
    for await (const { text } of texts(environment, count, seed)) {
      try {
        account.add(check(text));
      } catch (error) {
        throw failure(`${error}`, text, seed);
      }
    }
    return account.outcome();
  },
};
