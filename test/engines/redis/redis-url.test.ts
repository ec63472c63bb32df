import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisUrl, type RedisTarget } from '../../../server/engines/redis/redis-url.ts';

const plain: RedisTarget = {
  kind: 'single',
  tls: false,
  addresses: [{ host: 'r', port: 6379 }],
  username: undefined,
  password: undefined,
  sentinelUsername: undefined,
  sentinelPassword: undefined,
  master: '',
  database: 0,
  label: 'redis://r:6379',
};
const three = [
  { host: 'a', port: 1 },
  { host: 'b', port: 26_379 },
  { host: '10.0.0.3', port: 3 },
] as const;

const right: readonly (readonly [url: string, differs: Partial<RedisTarget>])[] = [
  ['redis://r', {}],
  [' redis://r:6379/ ', {}],
  ['REDIS://r/0', {}],
  ['redis://r:7000/2', { addresses: [{ host: 'r', port: 7000 }], database: 2, label: 'redis://r:7000/2' }],
  ['rediss://r', { tls: true, label: 'rediss://r:6379' }],
  ['redis://:secret@r', { password: 'secret' }],
  ['redis://ann:p%40ss%2Fw:rd@r', { username: 'ann', password: 'p@ss/w:rd' }],
  ['redis://ann:a@b@r', { username: 'ann', password: 'a@b' }],
  ['redis://[::1]:7000', { addresses: [{ host: '::1', port: 7000 }], label: 'redis://[::1]:7000' }],
  [
    'redis+sentinel://u:p@a:1,b,10.0.0.3:3/my-master/4',
    {
      kind: 'sentinel',
      addresses: three,
      username: 'u',
      password: 'p',
      master: 'my-master',
      database: 4,
      label: 'redis+sentinel://a:1,b:26379,10.0.0.3:3/my-master/4',
    },
  ],
  [
    'rediss+sentinel://r/m?sentinelUsername=s&sentinelPassword=p%26q',
    {
      kind: 'sentinel',
      tls: true,
      addresses: [{ host: 'r', port: 26_379 }],
      master: 'm',
      sentinelUsername: 's',
      sentinelPassword: 'p&q',
      label: 'rediss+sentinel://r:26379/m',
    },
  ],
  [
    'redis+cluster://:p@r, s:7001',
    {
      kind: 'cluster',
      addresses: [
        { host: 'r', port: 6379 },
        { host: 's', port: 7001 },
      ],
      password: 'p',
      label: 'redis+cluster://r:6379,s:7001',
    },
  ],
];
for (const [url, differs] of right) {
  test(`a Redis URL is read: ${url}`, () => {
    assert.deepEqual(parseRedisUrl(url), { ...plain, ...differs });
  });
}

const wrong: readonly (readonly [url: string, says: RegExp])[] = [
  ['', /looks like redis:/],
  ['r:6379', /looks like redis:/],
  ['redis://u:pa/ss@r', /%2F/],
  ['redis://u:pa#ss@r', /%23/],
  ['http://r', /begins with redis:\/\/, .*not with http:/],
  ['redis+sentinal://r/m', /not with redis\+sentinal:/],
  ['redis://', /^Host 1 .* looks like name:port/],
  ['redis://r:0', /^Host 1 /],
  ['redis://r:65536', /^Host 1 /],
  ['redis://r:port', /^Host 1 /],
  ['redis://r s', /^Host 1 /],
  ['redis://a,b', /redis\+sentinel:\/\/ or redis\+cluster:/],
  ['redis+cluster://a,', /^Host 2 /],
  ['redis://ann@r', /a user has a password too/],
  ['redis://ann:p%ss@r', /% .* is written %25/],
  ['redis+sentinel://r/m?sentinelPassword=a@b', /%40/],
  ['redis://r/db', /database .* is a number/],
  ['redis://r/1/2', /database .* is a number/],
  ['redis+sentinel://r', /ends with the name of the master/],
  ['redis+sentinel://r/m/x', /database .* is a number/],
  ['redis+cluster://r/1', /has no databases/],
  ['redis://r?db=1', /takes no "db"/],
  ['redis://r?sentinelPassword=x', /takes no "sentinelPassword"/],
];
for (const [url, says] of wrong) {
  test(`a Redis URL is refused with what to write instead: "${url}"`, () => {
    assert.throws(() => parseRedisUrl(url), { name: 'Error', message: says });
  });
}

test('neither the label nor a refusal repeats the password', () => {
  assert.doesNotMatch(parseRedisUrl('redis+sentinel://u:secret@r/m?sentinelPassword=hidden').label, /secret|hidden/);
  for (const url of [
    'redis://u:secret%@r',
    'x://u:secret@r',
    'redis://u:sec/ret@r',
    'redis://u:secret@r:x',
    'redis://u:secret',
    'u:secret@r',
  ]) {
    assert.throws(
      () => parseRedisUrl(url),
      (error: Error) => !/sec/.test(error.message),
    );
  }
});
