import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InstanceState } from '../../server/ops/state.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 100 });
});

after(() => app?.close());

/** The state of the only instance. */
async function state(): Promise<InstanceState> {
  const { instances } = await json(fetch(`${app.adminUrl}/ops/api/instances`));
  assert.equal(instances.length, 1);
  return instances[0];
}

function act(action: object, instance?: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.adminUrl}/ops/api/actions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ instance, action }),
  });
}

test('the operator sees the instance, its engines and its clients', async () => {
  const client = await StompClient.connect(app.url, 'Ann');
  client.send('SUBSCRIBE', { id: 's', destination: '/topic/chat' });
  const { version, role, health, engines, source, clients, versions, slowest, metrics } = await state();
  assert.deepEqual([version, role, health.state], ['1.2.3', 'all', 'ready']);
  assert.deepEqual(engines.messageStore, { kind: 'sqlite', state: 'up' });
  assert.deepEqual(source, { active: true, paused: false });
  assert.deepEqual([clients, versions], [1, { 'websocket 1.2': 1 }]);
  assert.deepEqual([slowest[0]?.name, slowest[0]?.address, slowest[0]?.transport], ['Ann', '127.0.0.1', 'websocket']);
  assert.ok(metrics.some((metric) => 'name' in metric && metric.name === 'towncrier_connections'));
  await client.close();
});

test('a client is closed, and told why', async () => {
  const client = await StompClient.connect(app.url, 'Bob');
  const { instance, slowest } = await state();
  const id = slowest.find(({ name }) => name === 'Bob')?.id;
  assert.equal((await act({ do: 'close-client', client: id }, instance)).status, 200);
  const error = await client.frame(({ command }) => command === 'ERROR');
  assert.match(`${error.headers.message}`, /closed-by-operator|operator/);
  const again = await act({ do: 'close-client', client: id }, instance);
  assert.deepEqual([again.status, (await json(again)).code], [404, 'unknown-client']);
});

test('prices stop and go on, and everybody is told that they are stale meanwhile', async () => {
  const { instance } = await state();
  const marketState = async (): Promise<string> => (await json(app.get('/api/info'))).market.state;
  assert.equal((await act({ do: 'pause-source' }, instance)).status, 200);
  assert.deepEqual((await state()).source, { active: false, paused: true });
  while ((await marketState()) !== 'stale') await new Promise((go) => setTimeout(go, 20));
  assert.equal((await act({ do: 'resume-source' }, instance)).status, 200);
  while ((await marketState()) !== 'live') await new Promise((go) => setTimeout(go, 20));
  assert.deepEqual((await state()).source, { active: true, paused: false });
});

test('what is not known, or not well formed, is refused with what is wrong', async () => {
  const { instance } = await state();
  const codeOf = async (response: Promise<Response>) => (await json(response)).code;
  assert.equal(await codeOf(act({ do: 'drain' }, 'another')), 'unknown-instance');
  for (const action of [{ do: 'dance' }, { do: 'close-client' }, { do: 'close-client', client: 'x' }, {}])
    assert.equal(await codeOf(act(action, instance)), 'invalid-message');
  assert.equal(await codeOf(act({ do: 'drain' })), 'invalid-message');
  const form = { 'content-type': 'text/plain' };
  assert.equal(await codeOf(act({ do: 'drain' }, instance, form)), 'unsupported-media-type');
});

test('pages of other sites cannot act, and what is asked through a proxy is refused', async () => {
  const { instance } = await state();
  const site = await act({ do: 'drain' }, instance, { origin: 'https://evil.example' });
  assert.deepEqual([site.status, (await json(site)).code], [403, 'origin-refused']);
  const proxied = await act({ do: 'drain' }, instance, { 'x-forwarded-for': '203.0.113.9' });
  assert.deepEqual([proxied.status, (await json(proxied)).code], [403, 'ops-off']);
});

test('with a token it asks for it, and a peer with the same one is shown and obeyed too', async (t) => {
  const token = 'a-token-of-the-operators';
  const other = await TestApp.start({ MARKET_SOURCE: 'simulator', ADMIN_TOKEN: token });
  t.after(() => other.close());
  const dead = 'http://127.0.0.1:9';
  const first = await TestApp.start({ ADMIN_TOKEN: token, ADMIN_PEERS: [other.adminUrl, dead] });
  t.after(() => first.close());
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  assert.equal((await fetch(`${first.adminUrl}/ops/api/instances`)).status, 401);
  // A peer that is slow to answer, on a busy machine, is left out, and asked again.
  const read = async (): Promise<InstanceState[]> => {
    const { instances } = await json(fetch(`${first.adminUrl}/ops/api/instances`, { headers }));
    return instances.length < 2 ? read() : instances;
  };
  const [own, peer, ...more] = await read();
  assert.deepEqual([own?.peer, peer?.peer, more.length], [undefined, other.adminUrl, 0]);
  const order = (instance: string | undefined, action: string) =>
    fetch(`${first.adminUrl}/ops/api/actions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ instance, action: { do: action } }),
    });
  assert.equal((await order(peer?.instance, 'pause-source')).status, 200);
  assert.deepEqual((await read())[1]?.source, { active: false, paused: true });
  assert.equal((await json(order(own?.instance, 'pause-source'))).code, 'no-source');
});

test('an instance that is asked to drain asks its process to stop', async (t) => {
  let asked = 0;
  const drained = await TestApp.start({}, { stop: () => void asked++ });
  t.after(() => drained.close());
  const { instances } = await json(fetch(`${drained.adminUrl}/ops/api/instances`));
  const body = JSON.stringify({ instance: instances[0].instance, action: { do: 'drain' } });
  const headers = { 'content-type': 'application/json' };
  assert.equal((await fetch(`${drained.adminUrl}/ops/api/actions`, { method: 'POST', headers, body })).status, 200);
  assert.equal(asked, 1);
});

test('an operator moderates: what was sent is seen and deleted, names, rooms and words are ruled, all of it in the audit', async () => {
  const { instance, rooms } = await state();
  assert.deepEqual(rooms, ['global']);
  const moderate = async (what: object): Promise<Response> => act({ do: 'moderate', what }, instance);
  const look = async () => (await json(moderate({ act: 'look', room: 'global' }))).view;
  const sent = await json(app.post('/api/chat/messages', { sender: 'Eve', content: 'buy now' }));
  assert.deepEqual((await look()).messages.at(-1), {
    seq: sent.seq,
    sender: 'Eve',
    content: 'buy now',
    time: sent.time,
  });
  for (const what of [
    { act: 'delete', room: 'global', seq: sent.seq },
    { act: 'mute', name: 'Eve', seconds: 60 },
    { act: 'room', room: 'global', slowMode: 5, closed: true },
    { act: 'add-word', word: 'spam' },
  ])
    assert.equal((await moderate(what)).status, 200, what.act);
  const view = await look();
  assert.deepEqual([view.messages, view.words, view.names], [[], ['spam'], ['global']]);
  assert.deepEqual([view.mutes[0].name, view.rooms], ['Eve', [{ room: 'global', slowMode: 5, closed: true }]]);
  assert.deepEqual(
    view.audit.map(({ by, action }: { by: string; action: string }) => [by, action]),
    ['add-word', 'room', 'mute', 'delete'].map((action) => ['operator', action]),
  );
  for (const what of [
    { act: 'unmute', name: 'Eve', room: '' },
    { act: 'room', room: 'global', slowMode: 0, closed: false },
    { act: 'remove-word', word: 'spam' },
  ])
    assert.equal((await moderate(what)).status, 200, what.act);
  const after = await look();
  assert.deepEqual([after.mutes, after.words, after.rooms[0].closed], [[], [], false]);
});

test('moderation that cannot be done says why', async () => {
  const { instance } = await state();
  const code = async (what: object) => (await json(act({ do: 'moderate', what }, instance))).code;
  assert.equal(await code({ act: 'look', room: 'nowhere' }), 'unknown-room');
  assert.equal(await code({ act: 'delete', room: 'global', seq: 999 }), 'no-such-message');
  assert.equal(await code({ act: 'mute', name: 'a\u0000b', seconds: 60 }), 'invalid-message');
  assert.equal(await code({ act: 'mute', name: 'Eve', seconds: 0 }), 'invalid-message');
  assert.equal(await code({ act: 'burn' }), 'invalid-message');
});
