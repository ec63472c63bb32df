import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMysqlUrl, shown } from '../../../server/engines/mysql/mysql-url.ts';

test('a full URL is read, with escaped characters in user and password', () => {
  assert.deepEqual(parseMysqlUrl('mysql://a%40b:p%3Aw%2Fd@db.example.org:3307/chat?ssl=true'), {
    host: 'db.example.org',
    port: 3307,
    user: 'a@b',
    password: 'p:w/d',
    database: 'chat',
    tls: { caFile: undefined },
  });
});

test('what a URL leaves out is root without a password at port 3306 in websockets_db, without TLS', () => {
  assert.deepEqual(parseMysqlUrl('mariadb://localhost'), {
    host: 'localhost',
    port: 3306,
    user: 'root',
    password: '',
    database: 'websockets_db',
    tls: undefined,
  });
});

test('an IPv6 address is read without its brackets and shown with them', () => {
  const address = parseMysqlUrl('mysql://[::1]:3306/chat');
  assert.equal(address.host, '::1');
  assert.equal(shown(address), 'mysql://[::1]:3306/chat');
});

test('a file of authorities asks for TLS', () => {
  assert.deepEqual(parseMysqlUrl('mysql://db/chat?sslCa=/etc/ca.pem').tls, { caFile: '/etc/ca.pem' });
  assert.equal(parseMysqlUrl('mysql://db/chat?ssl=false').tls, undefined);
});

const wrong: readonly (readonly [url: string, says: RegExp])[] = [
  ['', /must look like mysql:\/\//],
  ['db:3306', /must look like mysql:\/\//],
  ['postgres://user:secret@db/chat', /must look like mysql:\/\//],
  ['mysql://user:100%secret@db/chat', /password .* write % as %25/],
  ['mysql://user:secret@db/a/b', /one database/],
  ['mysql://user:secret@db/chat?tls=true', /parameter "tls"; known are ssl and sslCa/],
  ['mysql://user:secret@db/chat?ssl=yes', /"ssl" .* true or false/],
  ['mysql://user:secret@db/chat?ssl=false&sslCa=x', /only one/],
];
for (const [url, says] of wrong) {
  test(`the wrong URL ${JSON.stringify(url)} is refused with a sentence that keeps its password`, () => {
    assert.throws(
      () => parseMysqlUrl(url),
      (error: Error) => says.test(error.message) && !error.message.includes('secret'),
    );
  });
}
