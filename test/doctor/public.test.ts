import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Check } from '../../server/doctor/check.ts';
import { heartBeatCheck } from '../../server/doctor/heart-beats.ts';
import { infoCheck } from '../../server/doctor/info.ts';
import { instancesCheck } from '../../server/doctor/instances.ts';
import { streamCheck } from '../../server/doctor/stream.ts';
import { websocketCheck } from '../../server/doctor/websocket.ts';
import { freePort } from '../support/free-port.ts';
import { steadyClock } from '../support/steady-clock.ts';
import { TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';
import { Diagnosis } from './diagnose.ts';
import { Front, type ProxySetup } from './front-proxy.ts';

const app = await TestApp.start();
const other = await TestApp.start();
after(() => Promise.all([app.close(), other.close()]));

/** Shorter than what the doctor waits for, in milliseconds: what is held back does not come in any time. */
const PATIENCE = 1_000;
const stream = (base: URL): Check => streamCheck(base, steadyClock, PATIENCE);
const websocket = (base: URL): Check => websocketCheck(base, steadyClock, PATIENCE);
const heartBeats = (base: URL): Check => heartBeatCheck(base, steadyClock, PATIENCE);

/** Looks at the server through a proxy. */
async function through(setup: ProxySetup, check: (base: URL) => Check): Promise<Diagnosis> {
  return at(await Front.before([app.url], setup), check);
}

async function at(front: Front, check: (base: URL) => Check): Promise<Diagnosis> {
  try {
    return await Diagnosis.of(check(front.url));
  } finally {
    front.close();
  }
}

/** What an instance tells of itself. */
const info = (instance: string, epoch: string, kind: string, version = '1.0.0', state = 'up') =>
  JSON.stringify({ name: 'towncrier', version, instance, epoch, engines: { chat: { kind, state } } });

/** Instances that answer by turns. */
function instances(...bodies: string[]): Promise<Front> {
  let turn = 0;
  return Front.serving((_, answer) => answer.end(bodies[turn++ % bodies.length]));
}

test('a server behind a proxy that is set up well is in order', async () => {
  for (const check of [infoCheck, instancesCheck, stream, websocket]) {
    const found = await through({}, check);
    assert.deepEqual(found.complaints, []);
    assert.ok(found.lines.length > 0);
  }
});

test('a URL where nothing listens fails in every check', async () => {
  const nowhere = new URL(`http://127.0.0.1:${await freePort()}`);
  for (const check of [infoCheck, instancesCheck, stream, websocket, heartBeats])
    assert.match((await Diagnosis.of(check(nowhere))).lines.join(), /^fail.*nothing listens at 127/);
});

test('a site that is something else fails', async () => {
  const found = await at(await instances('<h1>Welcome to nginx!</h1>'), infoCheck);
  assert.match(found.about('Server'), /^fail.*something else/);
});

test('a proxy that answers 502, for nothing is behind it, fails, and where to look is said', async () => {
  const front = await Front.serving((_, answer) => {
    answer.statusCode = 502;
    answer.end('<h1>502 Bad Gateway</h1>');
  });
  assert.match((await at(front, infoCheck)).about('Server'), /^fail.*answers 502: .*see that the server runs/);
});

test('a proxy that does not pass all paths on fails', async () => {
  const missing = () => Front.serving((_, answer) => answer.writeHead(404).end());
  assert.match((await at(await missing(), infoCheck)).about('Server'), /^fail.*answers 404/);
  assert.match((await at(await missing(), stream)).about('Stream'), /^fail.*answers 404/);
});

test('an engine that is down is named', async () => {
  const found = await at(await instances(info('a', 'e', 'mysql', '1', 'down')), infoCheck);
  assert.match(found.about('Engines'), /^fail.*chat is down.*mysql/);
});

test('instances that are not on one database fail', async () => {
  const found = await at(await Front.before([app.url, other.url]), instancesCheck);
  assert.match(found.about('Instances'), /^fail.*2 different chats.*MYSQL_URL/);
});

test('instances with one database and no common way between them fail', async () => {
  const found = await at(await instances(info('a', 'e', 'in-process'), info('b', 'e', 'in-process')), instancesCheck);
  assert.match(found.about('Instances'), /^fail.*miss what happens on another.*REDIS_URL/);
});

test('instances that share all are in order, and different versions of them are warned of', async () => {
  const same = await at(await instances(info('a', 'e', 'mysql'), info('b', 'e', 'mysql')), instancesCheck);
  assert.match(same.lines.join('\n'), /^ok.*2 were met/);
  const mixed = await at(await instances(info('a', 'e', 'mysql'), info('b', 'e', 'mysql', '2.0.0')), instancesCheck);
  assert.match(mixed.about('Versions'), /^warn.*1\.0\.0 and 2\.0\.0/);
});

test('a proxy that does not upgrade fails, and what to set is said', async () => {
  const found = await through({ upgrades: false }, websocket);
  assert.match(found.about('WebSocket'), /^fail.*does not upgrade.*proxy_set_header Upgrade/);
});

test('a proxy that tells the server another Host fails, and what to set is said', async () => {
  const found = await through({ host: 'internal:8080' }, websocket);
  assert.match(found.about('WebSocket'), /^fail.*refuses pages of.*proxy_set_header Host/);
});

test('a proxy that hangs up on an upgrade fails', async () => {
  const front = await Front.serving((asked) => asked.socket.destroy());
  assert.match((await at(front, websocket)).about('WebSocket'), /^fail.*closed before STOMP answers/);
});

test('a proxy that leaves an upgrade unanswered fails', async () => {
  const front = await Front.serving(() => undefined);
  assert.match((await at(front, websocket)).about('WebSocket'), /^fail.*does not answer/);
});

test('a proxy that buffers fails, and what to set is said', async () => {
  const found = await through({ buffers: true }, stream);
  assert.match(found.about('Stream'), /^fail.*proxy_buffering off.*X-Accel-Buffering/);
});

test('a proxy that compresses and so holds back fails for those who take that', async () => {
  const found = await through({ gzips: 'asked' }, stream);
  assert.match(found.about('Stream'), /^fail.*compressed answers.*no gzip/);
});

test('a proxy that compresses unasked fails', async () => {
  const found = await through({ gzips: 'always' }, stream);
  assert.match(found.about('Stream'), /^fail.*compressed \(gzip\) for a reader that did not ask/);
});

test('a stream of another content type fails', async () => {
  const front = await Front.serving((_, answer) => answer.setHeader('content-type', 'text/html').end('data: x\n\n'));
  assert.match((await at(front, stream)).about('Stream'), /^fail.*text\/html/);
});

test('a heart-beat that comes through is right', async () => {
  const front = await Front.serving((_, answer) => {
    answer.write('retry: 1000\n');
    answer.write('\n');
    answer.write(':\n\n');
  });
  assert.match((await at(front, heartBeats)).about('Heart-beats'), /^ok/);
});

test('a stream without heart-beats fails', async () => {
  const front = await Front.serving((_, answer) => void answer.write('data: 12:30\n\n'));
  assert.match((await at(front, heartBeats)).about('Heart-beats'), /^fail.*none came/);
});

test('a stream that the proxy ends while it is quiet fails', async () => {
  const ended = await Front.serving((_, answer) => answer.end('data: x\n\n'));
  assert.match((await at(ended, heartBeats)).about('Heart-beats'), /^fail.*proxy_read_timeout/);
  const cut = await Front.serving((_, answer) => answer.write('data: x\n\n', () => answer.destroy()));
  assert.match((await at(cut, heartBeats)).about('Heart-beats'), /^fail.*proxy_read_timeout/);
});

test('a server that asks for a token is warned of, and is in order with one', async () => {
  const closed = await TestApp.start({ AUTH: 'jwt', JWT_SECRET: SECRET });
  try {
    const base = new URL(closed.url);
    const token = await makeToken();
    for (const [check, what] of [
      [websocketCheck, 'WebSocket'],
      [streamCheck, 'Stream'],
      [heartBeatCheck, 'Heart-beats'],
    ] as const) {
      const without = await Diagnosis.of(check(base, steadyClock, PATIENCE));
      assert.match(without.about(what), /^warn.*asks for a token/);
      const wrong = await Diagnosis.of(check(base, steadyClock, PATIENCE, 'wrong'));
      assert.match(wrong.about(what), /^warn.*asks for a token/);
    }
    for (const check of [websocketCheck, streamCheck])
      assert.deepEqual((await Diagnosis.of(check(base, steadyClock, PATIENCE, token))).complaints, []);
  } finally {
    await closed.close();
  }
});
