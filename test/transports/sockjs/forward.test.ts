import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownerOf } from '../../../server/protocol/sockjs/owner.ts';
import { MAX_BODY } from '../../../server/transports/sockjs/send.ts';
import { until } from './sockjs-client.ts';
import { SockJsServer } from './sockjs-server.ts';

/** Two servers that share sessions, and a session of the second. */
async function pair() {
  const codes: string[] = [];
  const refused = (code: string): void => void codes.push(code);
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [asked, owner] = await Promise.all(
    [0, 1].map((index) => SockJsServer.echo({ neighbours: { index, count: 2, folder }, refused })),
  );
  if (asked === undefined || owner === undefined) throw new Error('there are two');
  stack.use(asked);
  stack.use(owner);
  let session = asked.session();
  while (ownerOf(session.slice('/000/'.length), 2) !== 1) session = asked.session();
  return { asked, owner, session, codes, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a session’s requests reach its owner, whoever is asked', async () => {
  await using world = await pair();
  const { asked, owner, session } = world;
  const opened = await asked.client.post(`${session}/xhr`, '', { Origin: 'test' });
  assert.deepEqual([opened.status, opened.body], [200, 'o\n']);
  assert.equal(opened.headers['access-control-allow-origin'], 'test');
  assert.equal((await asked.client.post(`${session}/xhr_send`, '["a"]')).status, 204);
  assert.equal((await owner.client.post(`${session}/xhr`)).body, 'a["a"]\n');
  assert.equal((await asked.client.post(`${session}/xhr_send`, '["x')).body, 'Broken JSON encoding.');
  assert.deepEqual([asked.endpoint.connections, owner.endpoint.connections], [0, 1]);
});

test('the owner knows the address of the client, and believes nobody else about it', async () => {
  await using world = await pair();
  const { asked, owner, session } = world;
  await asked.client.post(`${session}/xhr`, '', { 'X-Towncrier-Peer': '192.0.2.7' });
  assert.equal(owner.host.last.pipe.peer.address, '127.0.0.1');
});

test('a stream is passed on as it comes, and its abort too', async () => {
  await using world = await pair();
  const { asked, owner, session } = world;
  const stream = await asked.client.stream('POST', `${session}/xhr_streaming`);
  let text = '';
  while (!text.endsWith('\no\n')) text += await stream.read();
  owner.host.last.send('now');
  assert.equal(await stream.read(), 'a["now"]\n');
  stream.abort();
  await until(() => owner.host.last.over);
});

test('a body that is too large is refused by the owner as it would be here', async () => {
  await using world = await pair();
  const { asked, session } = world;
  await asked.client.post(`${session}/xhr`);
  for (const bytes of [MAX_BODY, 8_000_000]) {
    const { status, body } = await asked.client.post(`${session}/xhr_send`, `["${'a'.repeat(bytes)}"]`);
    assert.deepEqual([status, body], [413, `The body is larger than ${MAX_BODY} bytes.`]);
  }
  assert.equal((await asked.client.post(`${session}/xhr_send`, '["a"]')).status, 204);
});

test('where the owner is gone a stream breaks off, and the next request gets 502', async () => {
  await using world = await pair();
  const { asked, owner, session, codes } = world;
  const stream = await asked.client.stream('POST', `${session}/xhr_streaming`);
  while (!(await stream.read())?.endsWith('o\n'));
  owner.closeInner();
  while ((await stream.read()) !== undefined);
  assert.equal(stream.broken, true);
  const { status, body } = await asked.client.post(`${session}/xhr`);
  assert.deepEqual([status, JSON.parse(body).code], [502, 'worker-gone']);
  assert.deepEqual(codes, ['worker-gone']);
});
