import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminAccess } from '../../server/http/admin-access.ts';

const TOKEN = 'correct-horse-battery';

/** The part of a request that counts. */
function request(
  remoteAddress: string,
  headers: Record<string, string>,
): Parameters<ReturnType<typeof adminAccess>>[0] {
  // Only the address of the socket is looked at.
  return { headers, socket: { remoteAddress } } as unknown as Parameters<ReturnType<typeof adminAccess>>[0];
}

test('with a token only who brings it gets in, from wherever', () => {
  const access = adminAccess(TOKEN);
  const from = (authorization: string) => access(request('203.0.113.9', { host: 'ops.example', authorization }))?.code;
  assert.equal(from(`Bearer ${TOKEN}`), undefined);
  assert.equal(from(`bearer ${TOKEN}`), undefined);
  assert.equal(from(`Bearer ${TOKEN}x`), 'token-invalid');
  assert.equal(from('Bearer '), 'sign-in-needed');
  assert.equal(from(`Basic ${TOKEN}`), 'sign-in-needed');
  assert.equal(access(request('127.0.0.1', { host: 'localhost:9090' }))?.code, 'sign-in-needed');
});

test('without one only this machine does, by its own name and directly', () => {
  const access = adminAccess('');
  const code = (address: string, headers: Record<string, string>) => access(request(address, headers))?.code;
  for (const host of ['localhost', 'localhost:9090', '127.0.0.1:9090', '[::1]:9090'])
    assert.equal(code('::ffff:127.0.0.1', { host }), undefined, host);
  assert.equal(code('::1', { host: 'LOCALHOST:9090' }), undefined);
  assert.equal(code('192.168.1.7', { host: 'localhost:9090' }), 'ops-off');
  assert.equal(code('127.0.0.1', { host: '127.0.0.1.evil.example' }), 'ops-off');
  assert.equal(code('127.0.0.1', { host: 'evil.example:9090' }), 'ops-off');
  assert.equal(code('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }), 'ops-off');
  assert.equal(code('127.0.0.1', { host: 'localhost', forwarded: 'for=203.0.113.9' }), 'ops-off');
  assert.equal(code('127.0.0.1', {}), 'ops-off');
});
