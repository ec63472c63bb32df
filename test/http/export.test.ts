import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';

const TOKEN = 'the-token-of-the-moderators';
const headers = { authorization: `Bearer ${TOKEN}` };

test('an export that nobody takes holds up no other door, keeps others out, and is over when its taker goes', async (t) => {
  const app = await TestApp.start({ MODERATOR_TOKEN: TOKEN, CHAT_RATE_LIMIT: 0, REQUEST_RATE_LIMIT: 0 });
  t.after(() => app.close());
  const content = '😀'.repeat(2_000);
  const count = 2_500;
  for (let sent = 0; sent < count; sent += 250) {
    const posts = Array.from({ length: 250 }, () =>
      app.post('/api/chat/messages', { id: randomUUID(), sender: 'Ann', content }),
    );
    for (const response of await Promise.all(posts)) assert.equal(response.status, 201);
  }
  const { port } = new URL(app.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET /api/chat/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await once(socket, 'readable');
  const busy = await app.get('/api/chat/export', headers);
  assert.equal(busy.status, 429);
  assert.equal((await json(busy)).code, 'export-busy');
  assert.equal((await app.get('/api/chat/messages?limit=1')).status, 200);
  socket.destroy();
  let again = await app.get('/api/chat/export', headers);
  // The server learns a moment later that the taker is gone.
  while (again.status === 429) again = await app.get('/api/chat/export', headers);
  const lines = (await again.text()).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).seq),
    Array.from({ length: count }, (_, i) => i + 1),
  );
});
