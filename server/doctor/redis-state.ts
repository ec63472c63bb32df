import type { Say } from './finding.ts';

const OLDEST = [6, 2] as const;

/** Looks at what INFO tells: the version, what becomes of keys when memory is full, whether it is a replica. */
export async function checkRedisState(say: Say, ask: () => Promise<unknown>): Promise<void> {
  let info: ReadonlyMap<string, string>;
  try {
    info = fieldsOf(String(await ask()));
  } catch {
    say('warn', 'Redis version', 'this user may not ask for it (+info): version, memory and role were not looked at');
    return;
  }
  checkVersion(say, info.get('redis_version') ?? '');
  checkMemory(say, info);
  if (info.get('role') === 'slave')
    say('warn', 'Redis role', 'it is a replica: it misses what is published on another; name the master in REDIS_URL');
}

function checkVersion(say: Say, version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) say('ok', 'Redis version', version);
  else say('fail', 'Redis version', `${version} is too old: Redis ${OLDEST.join('.')} or later is needed`);
}

function checkMemory(say: Say, info: ReadonlyMap<string, string>): void {
  const what = 'Redis memory';
  const limit = Number(info.get('maxmemory') ?? 0);
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  const used = Number(info.get('used_memory') ?? 0);
  if (limit > 0 && policy !== 'noeviction')
    say(
      'warn',
      what,
      `with maxmemory-policy ${policy} it drops who is here when it is full, and users are counted wrong: set noeviction, or give us a Redis of our own`,
    );
  else if (limit > 0 && used > 0.9 * limit)
    say(
      'warn',
      what,
      `${Math.round((100 * used) / limit)} % of maxmemory is used: at 100 % nobody can be counted; raise it`,
    );
  else say('ok', what, limit > 0 ? `${Math.round((100 * used) / limit)} % of maxmemory is used` : 'without a limit');
}

/** Lines of `name:value`. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
