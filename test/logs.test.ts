import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from './support/event-stream.ts';
import { ServerProcess } from './support/server-process.ts';
import { StompClient } from './support/stomp-client.ts';

type Line = Readonly<Record<string, unknown>>;

/** What a server writes while somebody comes, chats, reads prices, does something wrong, and goes. */
async function logOf(level: string): Promise<Line[]> {
  const server = await ServerProcess.create({ LOG_LEVEL: level });
  try {
    await server.start();
    const client = await StompClient.connect(server.url, 'ann');
    client.send('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
    await client.accepted('/app/chat', { id: 'first', content: 'hello' });
    client.send('SEND', { destination: '/app/nowhere', receipt: 'wrong' }, '{}');
    await client.message('/user/queue/errors');
    await client.close();
    const stream = await EventStream.open(`${server.url}/stream`);
    await stream.next();
    await stream.close();
    await fetch(`${server.url}/api/chat/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'second', content: 'by REST' }),
    });
    await server.stop();
    const lines = server.output.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line));
  } finally {
    await server.dispose();
  }
}

test('at debug each line of a connection has its id, each line of a message the message’s', async () => {
  const lines = await logOf('debug');
  const said = (msg: string): Line[] => lines.filter((line) => line.msg === msg);
  const [connected] = said('a session is connected');
  assert.match(String(connected?.connection), /^\w+-[0-9a-f]{6}$/);
  const [first, second] = said('a message is committed');
  assert.deepEqual(
    [first?.message, first?.connection, first?.room, first?.seq],
    ['first', connected?.connection, 'global', 1],
  );
  assert.equal(second?.message, 'second');
  assert.match(String(second?.connection), /^rest\b/);
  assert.deepEqual(
    said('a frame is refused').map(({ connection, code, receipt }) => [connection, code, receipt]),
    [[connected?.connection, 'unknown-destination', 'wrong']],
  );
  assert.deepEqual(
    said('a session has ended').map(({ connection }) => connection),
    [connected?.connection],
  );
  const [begun] = said('a stream has begun');
  assert.ok(begun);
  assert.deepEqual(
    said('a stream has ended').map(({ connection }) => connection),
    [begun.connection],
  );
  assert.equal(
    lines.some((line) => JSON.stringify(line).includes('hello')),
    false,
    'what is said stays out of it',
  );
});

test('at info nothing is written of single connections and messages', async () => {
  for (const line of await logOf('info')) {
    assert.equal(line.connection, undefined, JSON.stringify(line));
    assert.equal(line.message, undefined, JSON.stringify(line));
  }
});
