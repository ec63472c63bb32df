import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fallingBack } from '../../web/src/connection/fallback.ts';
import { TransportChoice } from '../../web/src/connection/transport-choice.ts';
import { FakeTransports } from './fake-transports.ts';
import { memoryPreferences } from './memory-preferences.ts';

function chatOver({ reachable = true } = {}) {
  const transports = new FakeTransports();
  const choice = new TransportChoice(memoryPreferences());
  const server = { reachable };
  const open = fallingBack({ choice, open: transports.open, reachable: async () => server.reachable });
  const told: string[] = [];
  const session = open('Ana', {
    connected: ({ transport }) => told.push(`connected ${transport}`),
    receipt: (id) => told.push(`receipt ${id}`),
    closed: (reason) => told.push(`closed ${reason}`),
  });
  return { transports, choice, server, session, told };
}

test('a WebSocket that works is used, and nothing else is tried', () => {
  const { transports, session, told } = chatOver();
  transports.greet();
  session.subscribe('/topic/chat', {}, () => undefined);
  session.send('/app/chat', {});
  transports.last.events.receipt('1');
  assert.deepEqual(transports.last.sent, ['subscribe /topic/chat', '/app/chat']);
  assert.deepEqual([told, transports.attempts.length], [['connected websocket', 'receipt 1'], 1]);
});

test('where WebSocket is blocked and the server answers over HTTP, streaming carries the session', async () => {
  const { transports, session, told } = chatOver();
  transports.last.events.closed(undefined);
  await turn();
  transports.greet();
  session.send('/app/chat', {});
  assert.deepEqual(transports.last.sent, ['/app/chat']);
  assert.deepEqual(told, ['connected xhr-streaming']);
});

test('where streaming is blocked too, polling does', async () => {
  const { transports, told } = chatOver();
  for (let i = 0; i < 2; i++) {
    transports.last.events.closed(undefined);
    await turn();
  }
  transports.greet();
  assert.deepEqual(told, ['connected xhr-polling']);
});

test('where nothing works the owner is told once, and the next session begins with WebSocket', async () => {
  const { transports, choice, told } = chatOver();
  for (let i = 0; i < 3; i++) {
    transports.last.events.closed(undefined);
    await turn();
  }
  assert.deepEqual(told, ['closed undefined']);
  assert.equal(choice.current, 'websocket');
});

test('a server that does not answer over HTTP either is away: WebSocket is not to blame', async () => {
  const { transports, choice, told } = chatOver({ reachable: false });
  transports.last.events.closed(undefined);
  await turn();
  assert.deepEqual([told, choice.current, transports.attempts.length], [['closed undefined'], 'websocket', 1]);
});

test('what the server refuses, it refuses over every transport', async () => {
  const { transports, choice, told } = chatOver();
  transports.last.events.closed('The token has expired.');
  await turn();
  assert.deepEqual([told, choice.current], [['closed The token has expired.'], 'websocket']);
});

test('a session that ends after it was made is no reason for another transport', async () => {
  const { transports, choice, told } = chatOver();
  transports.greet();
  transports.last.events.closed(undefined);
  await turn();
  assert.deepEqual([told, choice.current], [['connected websocket', 'closed undefined'], 'websocket']);
});

test('who left while the server was asked hears nothing, and nothing is opened', async () => {
  const { transports, session, told } = chatOver();
  transports.last.events.closed(undefined);
  session.close();
  await turn();
  assert.deepEqual([told, transports.attempts.length], [[], 1]);
});

test('closing closes the transport that is in use', async () => {
  const { transports, session } = chatOver();
  transports.last.events.closed(undefined);
  await turn();
  session.close();
  assert.equal(transports.last.closed, true);
});
