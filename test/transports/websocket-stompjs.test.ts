import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, type IFrame, type IMessage, type StompConfig, Versions } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { TestServer } from './websocket-server.ts';

/** A connected client of the library that pages use. */
async function connected(server: TestServer, config: StompConfig = {}): Promise<Client> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const client = new Client({
    webSocketFactory: () => new WebSocket(server.url, config.stompVersions?.protocolVersions() ?? []),
    reconnectDelay: 0,
    ...config,
    onConnect: () => resolve(),
  });
  client.activate();
  await promise;
  return client;
}

for (const version of [Versions.V1_0, Versions.V1_1, Versions.V1_2]) {
  test(`@stomp/stompjs with STOMP ${version}: subscribe, publish, receipts, and a clean end`, async () => {
    await using server = await new TestServer().listen();
    const client = await connected(server, {
      stompVersions: new Versions([version]),
      connectHeaders: { login: 'Zoë' },
    });
    assert.equal(client.connectedVersion, version);
    assert.equal(server.destinations.present[0]?.name, 'Zoë');

    const messages: IMessage[] = [];
    const first = Promise.withResolvers<void>();
    const standing = Promise.withResolvers<IFrame>();
    client.watchForReceipt('sub', standing.resolve);
    client.subscribe(
      '/topic/news',
      (message) => {
        messages.push(message);
        first.resolve();
      },
      { receipt: 'sub' },
    );
    await standing.promise;
    server.destinations.news.append('Grüße 😀');
    await first.promise;
    assert.equal(messages[0]?.body, '"Grüße 😀"');
    // The library undoes escapes from 1.2 on only.
    assert.equal(messages[0]?.headers.kind, version === Versions.V1_1 ? 'a\\cb' : 'a:b');

    const receipt = Promise.withResolvers<IFrame>();
    client.watchForReceipt('r1', receipt.resolve);
    client.publish({ destination: '/app/chat', body: '{"content":"a\\u0000b😀"}', headers: { receipt: 'r1' } });
    while (server.destinations.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(server.destinations.sent[0]?.body, '{"content":"a\\u0000b😀"}');
    server.destinations.sent[0]?.accept();
    await receipt.promise;

    await client.deactivate();
    while (server.endpoint.connections > 0) await new Promise((resolve) => setImmediate(resolve));
  });
}

test('@stomp/stompjs sees an ERROR with its code and receipt-id', async () => {
  await using server = await new TestServer().listen();
  const { promise, resolve } = Promise.withResolvers<IFrame>();
  const client = await connected(server, { onStompError: resolve });
  client.publish({ destination: '/nowhere', body: 'x', headers: { receipt: 'r1' } });
  const error = await promise;
  assert.equal(error.headers.code, 'not-writable');
  assert.equal(error.headers['receipt-id'], 'r1');
  await client.deactivate();
});

for (const version of [Versions.V1_0, Versions.V1_1, Versions.V1_2]) {
  for (const answer of ['ack', 'nack'] as const) {
    test(`@stomp/stompjs with STOMP ${version}: ${answer} lets a subscription go on`, async () => {
      await using server = await new TestServer().listen();
      const client = await connected(server, { stompVersions: new Versions([version]) });
      const bodies: string[] = [];
      const all = Promise.withResolvers<void>();
      const take = (message: IMessage): void => {
        bodies.push(message.body);
        message[answer]();
        if (bodies.length === 10) all.resolve();
      };
      for (let i = 0; i < 10; i++) server.destinations.news.append(`${i}`);
      client.subscribe('/topic/news', take, { ack: 'client-individual', 'prefetch-count': '1', after: '0' });
      await all.promise;
      assert.deepEqual(
        bodies,
        Array.from({ length: 10 }, (_, i) => `"${i}"`),
      );
      await client.deactivate();
    });
  }

  test(`@stomp/stompjs with STOMP ${version}: a transaction is committed as one, or aborted`, async () => {
    await using server = await new TestServer().listen();
    const client = await connected(server, { stompVersions: new Versions([version]) });
    const [kept, dropped] = [client.begin(), client.begin('dropped')];
    for (const { id } of [kept, dropped, kept])
      client.publish({ destination: '/app/chat', body: id, headers: { transaction: id } });
    dropped.abort();
    kept.commit();
    while (server.destinations.batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    server.destinations.batches[0]?.accept();
    const sends = server.destinations.batches.map((batch) => batch.sends);
    assert.deepEqual(sends, [[`/app/chat ${kept.id}`, `/app/chat ${kept.id}`]]);
    await client.deactivate();
  });
}
