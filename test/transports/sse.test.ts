import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import type { MarketEvent } from '../../server/market/event.ts';
import type { OpenStream } from '../../server/transports/sse-source.ts';
import { type Peer, SseServer } from './sse-server.ts';

let server: SseServer;
const start = async (options?: Parameters<typeof SseServer.start>[0]): Promise<SseServer> => {
  server = await SseServer.start(options);
  return server;
};
afterEach(() => server.close());

const events = (count: number) => (peer: Peer) => peer.events.length >= count;
/** Lets what is under way in this process and in its sockets come to rest. */
const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
/** The only one there is. */
const cursor = () => server.world.market.ticks.stream.cursors[0] ?? assert.fail('nobody follows');
/** Lets the market trade until a client who does not read has filled the system's buffers. */
const tradeWhile = async (condition: () => boolean): Promise<void> => {
  while (condition()) {
    server.trade('A', 2_000);
    await turns(3);
  }
};

test('the response begins with the right headers, a retry, and a snapshot', async () => {
  await start();
  server.trade('A');
  const peer = await server.get().until(events(1));
  assert.match(peer.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(peer.header('content-type'), 'text/event-stream; charset=utf-8');
  assert.equal(peer.header('cache-control'), 'no-cache, no-transform');
  assert.equal(peer.header('x-accel-buffering'), 'no');
  assert.equal(peer.header('vary'), 'Origin, Accept-Encoding');
  assert.equal(peer.header('transfer-encoding'), 'chunked');
  assert.equal(peer.header('access-control-allow-origin'), undefined);
  assert.match(
    peer.body,
    /^retry: [1-5]\d\d\d\n\nid: log:1,0,0\nevent: market-snapshot\ndata: \{"ticks":\[\{"symbol":"A",/,
  );
});

test('clients are told to come back at different times', async () => {
  await start();
  const peers = await Promise.all(Array.from({ length: 5 }, () => server.get().until(events(1))));
  assert.equal(new Set(peers.map(({ body }) => body.split('\n', 1)[0])).size, 5);
});

test('ticks follow as they come, each in a chunk of its own', async () => {
  await start();
  const peer = await server.get().until(events(1));
  server.trade('A', 3);
  await peer.until(events(4));
  assert.deepEqual(
    peer.events.slice(1).map(({ id, event }) => [id, event]),
    [
      ['log:1,0,0', 'market-tick'],
      ['log:2,0,0', 'market-tick'],
      ['log:3,0,0', 'market-tick'],
    ],
  );
});

test('a stream that was cut goes on with exactly the next tick', async () => {
  await start();
  const first = await server.get().until(events(1));
  server.trade('A', 2);
  server.trade('B');
  await first.until(events(4));
  first.socket.destroy();
  const last = first.events.at(-2)?.id ?? assert.fail();
  server.trade('B', 2);
  const second = await server.get('', [`Last-Event-ID: ${last}`]).until(events(3));
  assert.deepEqual(second.sizes, [3, 4, 5]);
  assert.deepEqual(
    second.events.map(({ id }) => id),
    ['log:2,1,0', 'log:2,2,0', 'log:2,3,0'],
  );
});

test('the id may come as a query parameter, and the header goes before it', async () => {
  await start();
  server.trade('A', 3);
  assert.deepEqual((await server.get('?lastEventId=log:2,0,0').until(events(1))).sizes, [3]);
  const both = server.get('?lastEventId=log:2,0,0', ['Last-Event-ID: log:1,0,0']);
  assert.deepEqual((await both.until(events(2))).sizes, [2, 3]);
});

for (const id of ['', 'nonsense', 'other:1,0,0', 'log:1', 'log:0,0,0, log:1,0,0', '\u00e4']) {
  test(`the id ${JSON.stringify(id)} gets 200 and a snapshot`, async () => {
    await start();
    server.trade('A', 3);
    const peer = await server.get('', [`Last-Event-ID: ${id}`]).until(events(1));
    assert.match(peer.head, /^HTTP\/1\.1 200 /);
    assert.equal(peer.events[0]?.event, 'market-snapshot');
  });
}

test('an id from the future gets 200 and a snapshot after two seconds', async () => {
  await start();
  const peer = server.get('', ['Last-Event-ID: log:9,9,9']);
  await until(() => server.clock.pending > 2);
  await turns();
  assert.equal(peer.text, '');
  server.clock.advance(2_000);
  assert.equal((await peer.until(events(1))).events[0]?.event, 'market-snapshot');
});

test('a client that leaves while it waits is forgotten', async () => {
  await start();
  const came = once(server.http, 'connection');
  const peer = server.get('', ['Last-Event-ID: log:9,9,9']);
  const [socket] = await came;
  await until(() => server.clock.pending > 2);
  const gone = once(socket, 'close');
  peer.socket.destroy();
  await gone;
  server.clock.advance(2_000);
  await turns();
  assert.equal(server.endpoint.connections, 0);
  assert.deepEqual(server.counts, { opened: 0, closed: 0 });
});

test('a filter lets only its symbols through', async () => {
  await start();
  server.trade('A');
  server.trade('B');
  const peer = await server.get('?symbols=B').until(events(1));
  server.trade('A', 5);
  server.trade('B');
  await peer.until(events(2));
  assert.deepEqual(peer.sizes, [2, 8]);
});

test('an interval sends the newest tick of each symbol once', async () => {
  await start();
  server.trade('A');
  const peer = await server.get('?interval=100').until(events(1));
  server.trade('A', 5);
  server.trade('B', 2);
  server.clock.advance(100);
  await peer.until(events(3));
  assert.deepEqual(peer.sizes, [1, 6, 8]);
  assert.deepEqual(
    peer.events.map(({ id }) => id),
    ['log:1,0,0', undefined, 'log:6,2,0'],
  );
});

for (const [query, status, code] of [
  ['?symbols=NO', 404, 'unknown-symbol'],
  ['?interval=fast', 400, 'invalid-parameter'],
]) {
  test(`${query} is refused with ${status} ${code} as JSON`, async () => {
    await start();
    server.trade('A');
    const peer = await server.get(String(query), ['Connection: close']).untilEnd();
    assert.match(peer.head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.equal(peer.header('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(Object.keys(JSON.parse(peer.body)), ['code', 'message']);
    assert.equal(JSON.parse(peer.body).code, code);
  });
}

test('HEAD answers with the head alone, and the connection can be used again', async () => {
  await start();
  const head = 'HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const peer = await server.request(head).until(({ text }) => text.endsWith('\r\n\r\n'));
  assert.match(peer.head, /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/event-stream; charset=utf-8\r\n/);
  assert.equal(server.endpoint.connections, 0);
  const { length } = peer.text;
  peer.socket.write(head);
  await peer.until(({ text }) => text.length > length && text.endsWith('\r\n\r\n'));
  peer.socket.destroy();
});

test('HEAD for an unknown symbol is 404 without a body', async () => {
  await start();
  server.trade('A');
  const request = 'HEAD /stream?symbols=NO HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const peer = await server.request(request).untilEnd();
  assert.match(peer.head, /^HTTP\/1\.1 404 /);
  assert.equal(peer.body, '');
});

test('OPTIONS allows Last-Event-ID, GET and HEAD to an allowed origin', async () => {
  await start({ allowedOrigins: ['https://example.org'] });
  const ask = (origin: string) =>
    server
      .request(`OPTIONS /stream HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nConnection: close\r\n\r\n`)
      .untilEnd();
  const allowed = await ask('https://example.org');
  assert.match(allowed.head, /^HTTP\/1\.1 204 /);
  assert.equal(allowed.header('access-control-allow-origin'), 'https://example.org');
  assert.equal(allowed.header('access-control-allow-methods'), 'GET, HEAD');
  assert.match(allowed.header('access-control-allow-headers') ?? '', /\bLast-Event-ID\b/);
  assert.equal(allowed.header('allow'), 'GET, HEAD, OPTIONS');
  assert.equal(allowed.header('vary'), 'Origin');
  assert.equal((await ask('https://evil.example')).header('access-control-allow-origin'), undefined);
});

for (const [allowedOrigins, origin, expected] of [
  [[], 'http://localhost', 'http://localhost'],
  [['https://example.org'], 'https://example.org', 'https://example.org'],
  [['*'], 'https://anything.example', '*'],
] as const) {
  test(`with ${JSON.stringify(allowedOrigins)} allowed, a page of ${origin} may read: ${expected}`, async () => {
    await start({ allowedOrigins });
    const peer = await server.get('', [`Origin: ${origin}`]).until(events(1));
    assert.equal(peer.header('access-control-allow-origin'), expected);
    assert.equal(peer.header('vary'), 'Origin, Accept-Encoding');
  });
}

for (const origin of ['https://example.org', 'null', 'http://localhost:81', 'file://']) {
  test(`a page of ${origin}, which is not allowed, gets 403 and no header that lets it read`, async () => {
    await start();
    const request = `GET /stream HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nConnection: close\r\n\r\n`;
    const peer = await server.request(request).untilEnd();
    assert.match(peer.head, /^HTTP\/1\.1 403 /);
    assert.match(peer.body, /"code":"origin-refused"/);
    assert.equal(peer.header('access-control-allow-origin'), undefined);
    assert.equal(peer.header('vary'), 'Origin');
  });
}

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
  test(`${method} is refused with 405 and what is allowed`, async () => {
    await start();
    const request = `${method} /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
    const peer = await server.request(request).untilEnd();
    assert.match(peer.head, /^HTTP\/1\.1 405 /);
    assert.equal(peer.header('allow'), 'GET, HEAD, OPTIONS');
    assert.equal(JSON.parse(peer.body).code, 'method-not-allowed');
  });
}

test('HTTP/1.0 gets no chunks, and the end of the connection ends the body', async () => {
  await start();
  server.trade('A');
  const peer = await server.get('', [], '1.0').until(events(1));
  assert.equal(peer.header('transfer-encoding'), undefined);
  assert.equal(peer.header('connection'), 'close');
  server.trade('A');
  await peer.until(events(2));
  await server.endpoint.close();
  await peer.untilEnd();
  assert.match(
    peer.body,
    /^retry: \d+\n\nid: log:1,0,0\nevent: market-snapshot\n.*\n\nid: log:2,0,0\nevent: market-tick\n.*\n\n$/,
  );
});

test('each connection gets a comment every 15 seconds, also on a busy stream', async () => {
  await start();
  const peers = await Promise.all(Array.from({ length: 4 }, () => server.get().until(events(1))));
  for (let round = 1; round <= 3; round++) {
    for (let second = 0; second < 15; second++) {
      server.trade('A');
      server.clock.advance(1_000);
      await turns(5);
    }
    for (const peer of peers) {
      await peer.until(({ body }) => body.split('\n\n').filter((block) => block === ':').length >= round);
      assert.equal(peer.body.split('\n\n').filter((block) => block === ':').length, round);
    }
  }
});

test('the heart-beat of a filtered stream carries the position, which moves though no event comes', async () => {
  await start();
  server.trade('A');
  server.trade('B');
  const peer = await server.get('?symbols=B').until(events(1));
  server.trade('A', 3);
  await turns();
  server.clock.advance(15_000);
  await peer.until(({ body }) => body.endsWith(':\nid: log:4,1,0\n\n'));
  assert.equal(peer.events.length, 1);
});

test('opened and closed are told once a stream, and connections are counted', async () => {
  await start();
  const [one, other] = [server.get(), server.get()];
  await Promise.all([one.until(events(1)), other.until(events(1))]);
  assert.equal(server.endpoint.connections, 2);
  one.socket.destroy();
  await until(() => server.counts.closed === 1);
  other.socket.resetAndDestroy();
  await until(() => server.counts.closed === 2);
  assert.equal(server.endpoint.connections, 0);
  assert.deepEqual(server.counts, { opened: 2, closed: 2 });
  assert.equal(server.world.hub.clients, 0);
  assert.equal(server.world.market.ticks.stream.cursors.length, 0);
});

test('a client that ends its side is gone', async () => {
  await start();
  const peer = await server.get().until(events(1));
  peer.socket.end();
  await peer.untilEnd();
  await until(() => server.counts.closed === 1);
});

test('what a client sends on the connection of its stream is dropped, and too much of it ends the connection', async () => {
  await start();
  const peer = await server.get().until(events(1));
  peer.socket.write('GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n\0 garbage');
  await turns();
  server.trade('A');
  await peer.until(events(2));
  assert.equal(server.others, 0);
  peer.socket.write(Buffer.alloc(70_000));
  await peer.untilEnd();
});

test('a request behind that for a stream in the same packet ends the connection, and hurts nobody else', async () => {
  await start();
  const bystander = await server.get().until(events(1));
  for (const path of ['/stream', '/other']) {
    const peer = server.request(`GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await peer.untilEnd();
  }
  await turns();
  server.trade('A');
  await bystander.until(events(2));
  assert.equal(server.endpoint.connections, 1);
});

test('a slow reader is left behind, gets a snapshot, and ends on the newest state', async () => {
  await start();
  const peer = await server.get().until(events(1));
  peer.socket.pause();
  const { stream } = server.world.market.ticks;
  await tradeWhile(() => cursor().next >= stream.first);
  peer.socket.resume();
  server.trade('B');
  const newest = server.world.market.ticks.id;
  await peer.until(({ text }) => text.includes(`id: ${newest}\n`));
  const ids = peer.events.map(({ id }) => Number(/^log:(\d+),/.exec(id ?? '')?.[1]));
  assert.deepEqual(
    ids,
    ids.toSorted((one, other) => one - other),
  );
  const kinds = peer.events.map(({ event }) => event);
  assert.ok(kinds.lastIndexOf('market-snapshot') > 0, 'a snapshot came in the middle');
});

test('a client that takes nothing for half a minute is cut off', async () => {
  await start();
  const peer = await server.get().until(events(1));
  peer.socket.pause();
  await tradeWhile(() => cursor().client.writable);
  server.clock.advance(32_000);
  await until(() => server.counts.closed === 1);
  assert.equal(server.world.hub.stats.stalled, 1);
});

test('close ends every stream with the last chunk, and later requests are refused', async () => {
  await start();
  const peers = await Promise.all([server.get().until(events(1)), server.get().until(events(1))]);
  await server.endpoint.close();
  for (const peer of peers) assert.ok((await peer.untilEnd()).text.endsWith('\r\n0\r\n\r\n'));
  assert.equal(server.endpoint.connections, 0);
  const late = await server.get('', ['Connection: close']).untilEnd();
  assert.match(late.head, /^HTTP\/1\.1 503 /);
  assert.equal(JSON.parse(late.body).code, 'stopping');
});

test('close does not wait for ever for a client that does not read', async () => {
  await start();
  const peer = await server.get().until(events(1));
  peer.socket.pause();
  await tradeWhile(() => cursor().client.writable);
  const closing = server.endpoint.close();
  await turns();
  server.clock.advance(2_000);
  await closing;
});

test('close refuses who still waits for a start', async () => {
  await start();
  const peer = server.get('', ['Last-Event-ID: log:9,9,9', 'Connection: close']);
  await until(() => server.clock.pending > 2);
  const closing = server.endpoint.close();
  server.world.market.close();
  await peer.untilEnd();
  await closing;
  assert.match(peer.head, /^HTTP\/1\.1 503 /);
});

test('a source that fails is 500 for the client, which learns nothing, and is logged', async () => {
  const fail = (): OpenStream<MarketEvent> => {
    throw new Error('secret');
  };
  await start({ source: () => ({ parse: () => ({ scope: 'market:read', open: fail }) }) });
  const peer = await server.get('', ['Connection: close']).untilEnd();
  assert.match(peer.head, /^HTTP\/1\.1 500 /);
  assert.equal(JSON.parse(peer.body).code, 'internal');
  assert.ok(!peer.text.includes('secret'));
  assert.deepEqual(
    server.lines.map(({ level }) => level),
    ['error'],
  );
});

test('whether prices are the newest is told where the feed tells it, without moving the id', async () => {
  const server = await SseServer.start();
  try {
    server.trade('A');
    const quiet = server.get();
    await quiet.until(({ events }) => events.length === 1);
    server.world.log.listener?.beat?.({ beat: 'live', time: server.clock.now() });
    server.clock.run();
    await quiet.until(({ events }) => events.length === 2);
    server.clock.advance(8_000);
    await quiet.until(({ events }) => events.length === 3);
    const late = server.get('?symbols=A1');
    server.trade('A1');
    await late.until(({ events }) => events.some(({ event }) => event === 'market-status'));
    await quiet.until(({ events }) => events.length === 5);
    const statuses = quiet.events.filter(({ event }) => event === 'market-status');
    assert.deepEqual(statuses, [
      { event: 'market-status', data: { state: 'live' } },
      { event: 'market-status', data: { state: 'stale' } },
      { event: 'market-status', data: { state: 'live' } },
    ]);
  } finally {
    await server.close();
  }
});

test('one that is told to leave hears when to come back, then the stream ends; nobody new is taken', async () => {
  await start();
  const peers = await Promise.all([server.get().until(events(1)), server.get().until(events(1))]);
  const guests = server.endpoint.drain();
  assert.equal(guests.length, 2);
  assert.equal(JSON.parse((await server.get('', ['Connection: close']).untilEnd()).body).code, 'stopping');
  for (const [index, guest] of guests.entries()) guest.leave(index / 2);
  const texts = await Promise.all(peers.map(async (peer) => (await peer.untilEnd()).text));
  assert.deepEqual(texts.map((text) => text.match(/retry: \d+/g)?.at(-1)).toSorted(), ['retry: 1000', 'retry: 250']);
  for (const text of texts) assert.ok(text.endsWith('\r\n0\r\n\r\n'));
  for (const guest of guests) guest.leave(0);
});
