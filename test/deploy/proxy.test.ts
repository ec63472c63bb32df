import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { ProxyProcess } from './proxy-process.ts';

/** Stands for an instance: says its name, and what it was told of the client. */
async function startInstance(name: string): Promise<Server> {
  let broken = false;
  let draining = false;
  const server = createServer((request, response) => {
    if (request.url === '/drain') {
      draining = !draining;
      response.end();
    } else if (request.url?.startsWith('/health/')) response.writeHead(draining ? 404 : 200).end();
    else if (request.url === '/stream')
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    else if (request.url?.startsWith('/fails')) response.destroy();
    else if (request.url === '/breaks-once' && !broken) {
      broken = true;
      response.destroy();
    } else response.end(JSON.stringify({ name, from: request.headers['x-forwarded-for'], host: request.headers.host }));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let instances: Server[];
let proxy: ProxyProcess;

before(async () => {
  instances = await Promise.all(['one', 'two', 'three'].map(startInstance));
  const ports = instances.map((server) => (server.address() as AddressInfo).port); // they listen on TCP
  proxy = await ProxyProcess.start(ports);
});

after(async () => {
  await proxy?.stop();
  for (const server of instances ?? []) end(server);
});

function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}

interface Answer {
  readonly name: string;
  readonly from: string;
  readonly host: string;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(proxy.url + path, { headers });
  assert.equal(response.status, 200);
  return (await response.json()) as Answer; // what the instances above say
}

/** The names of those that answered the requests of each session, one name a session. */
async function ownersOf(sessions: readonly number[]): Promise<Map<number, string>> {
  const owners = new Map<number, string>();
  for (const session of sessions) {
    const paths = ['xhr_streaming', 'xhr_send', 'xhr', 'websocket'].map(
      (way, i) => `/ws-endpoint/00${i}/s${session}/${way}`,
    );
    const names = new Set<string>();
    for (const path of paths) names.add((await ask(path)).name);
    assert.equal(names.size, 1, `session ${session}`);
    for (const name of names) owners.set(session, name);
  }
  return owners;
}

const sessions = Array.from({ length: 30 }, (_, index) => index);

test('requests of one SockJS session reach one instance, and sessions spread over all', async () => {
  assert.equal(new Set((await ownersOf(sessions)).values()).size, 3);
});

test('an event of a stream that goes on comes at once', async () => {
  const { body } = await fetch(`${proxy.url}/stream`);
  const reader = body?.getReader();
  const chunk = await reader?.read();
  assert.equal(new TextDecoder().decode(chunk?.value), 'data: 1\n\n');
  await reader?.cancel();
});

test('a WebSocket goes through', async () => {
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/ws-endpoint`);
  await once(socket, 'open');
  const echo = once(socket, 'message');
  socket.send('hello');
  const [event] = (await echo) as [MessageEvent]; // what the event is
  assert.equal(event.data, 'hello');
  socket.close();
});

test('an instance is told the true address and host, whatever the client says', async () => {
  const { from, host } = await ask('/', { 'x-forwarded-for': '1.2.3.4' });
  assert.equal(from, '127.0.0.1');
  assert.equal(host, new URL(proxy.url).host);
});

test('a reader whose connection to an instance breaks is served by the next try; a writer decides for itself', async () => {
  for (let instance = 0; instance < 3; instance++) await ask('/breaks-once');
  for (let instance = 0; instance < 3; instance++) {
    const post = await fetch(`${proxy.url}/fails`, { method: 'POST', body: 'x' }).catch((error: unknown) => error);
    assert.ok(post instanceof Error || (post instanceof Response && post.status === 502));
  }
});

test('when an instance goes, others answer, and only its sessions move', async () => {
  const earlier = await ownersOf(sessions);
  const [gone] = instances;
  if (gone !== undefined) end(gone);
  for (const [session, owner] of earlier)
    if (owner === 'one') assert.notEqual((await ask(`/ws-endpoint/000/s${session}/xhr`)).name, 'one');
    else assert.equal((await ask(`/ws-endpoint/000/s${session}/xhr`)).name, owner);
  for (let request = 0; request < 10; request++) await ask('/');
});

/** Waits until an instance gets new clients, or until it gets none. */
async function untilServing(name: string, serving: boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const asked = Array.from({ length: 12 }, async () => (await ask('/', { connection: 'close' })).name);
    if ((await Promise.all(asked)).includes(name) === serving) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${name} ${serving ? 'gets no' : 'still gets'} clients`);
}

test('an instance that is about to stop keeps its clients and gets nobody new', async () => {
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/ws-endpoint`);
  await once(socket, 'open');
  const { name } = await ask('/');
  const instance = instances[['one', 'two', 'three'].indexOf(name)];
  assert.ok(instance);
  const { port } = instance.address() as AddressInfo; // it listens on TCP
  await fetch(`http://127.0.0.1:${port}/drain`);
  await untilServing(name, false);
  const echo = once(socket, 'message');
  socket.send('still here');
  const [event] = (await echo) as [MessageEvent]; // what the event is
  assert.equal(event.data, 'still here');
  socket.close();
  await fetch(`http://127.0.0.1:${port}/drain`);
  await untilServing(name, true);
});

test('the proxy is well while there is an instance', async () => {
  assert.equal((await fetch(proxy.healthUrl)).status, 200);
});

test('what fails is logged with its path and without its query, where a token may be', async () => {
  // On a connection of its own: where an old one breaks, HAProxy leaves it to the client to try again, and logs nothing.
  const request = get(`${proxy.url}/fails?access_token=secret`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // what this event gives
  response.resume();
  assert.equal(response.statusCode, 502);
  for (let tries = 0; tries < 3_000 && !proxy.log.includes(' GET /fails'); tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(proxy.log, / GET \/fails$/m);
  assert.doesNotMatch(proxy.log, /secret|access_token/);
});
