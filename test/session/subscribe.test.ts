import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import type { Start } from '../../server/hub/start.ts';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

const NEWS = '/topic/news';
const subscribe = (stage: Stage, id: string, more: Record<string, string> = {}): void =>
  stage.frame('SUBSCRIBE', { id, destination: NEWS, ...more });

test('a subscriber gets what is appended, as MESSAGE frames', () => {
  const stage = new Stage().connect();
  subscribe(stage, 'sub-0');
  stage.destinations.news.append('hé');
  stage.clock.run();
  assert.equal(
    stage.bytes(),
    'MESSAGE\nsubscription:sub-0\nmessage-id:m\\c0\ndestination:/topic/news\ncontent-type:application/json\n' +
      'content-length:5\nkind:a\\cb\n\n"hé"\0',
  );
});

test('the RECEIPT of a SUBSCRIBE comes when the subscription stands', () => {
  const stage = new Stage().connect();
  subscribe(stage, 'a', { receipt: 'r' });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['RECEIPT r', 'MESSAGE a "x"']);
});

test('after resumes behind a position', () => {
  const stage = new Stage().connect();
  for (const text of ['a', 'b', 'c']) stage.destinations.news.append(text);
  subscribe(stage, 's', { after: '1' });
  assert.deepEqual(stage.seen(), ['MESSAGE s "b"', 'MESSAGE s "c"']);
});

test('an event that is nothing for STOMP sends nothing', () => {
  const stage = new Stage().connect();
  subscribe(stage, 's');
  stage.destinations.news.append('nothing for STOMP');
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['MESSAGE s "x"']);
});

test('two subscriptions to one stream by two names each get their own name', () => {
  const stage = new Stage().connect();
  subscribe(stage, '1');
  subscribe(stage, '2', { destination: '/topic/alias' });
  stage.destinations.news.append('x');
  assert.deepEqual(
    new Map(stage.frames().map((frame) => [headerOf(frame, 'subscription'), headerOf(frame, 'destination')])),
    new Map([
      ['1', NEWS],
      ['2', '/topic/alias'],
    ]),
  );
});

test('in 1.0 the destination stands for a missing id, also to unsubscribe', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { destination: NEWS });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['MESSAGE /topic/news "x"']);
  stage.frame('UNSUBSCRIBE', { destination: NEWS });
  stage.destinations.news.append('y');
  assert.deepEqual(stage.seen(), []);
});

test('from 1.1 on the id is needed', () => {
  for (const command of ['SUBSCRIBE', 'UNSUBSCRIBE']) {
    const stage = new Stage().connect('1.1');
    stage.frame(command, { destination: NEWS, receipt: 'r' });
    assert.match(stage.seen().join(), /^ERROR r .*id/);
    assert.equal(stage.pipe.end, 'missing-header');
  }
});

test('a second SUBSCRIBE with the same id is an ERROR', () => {
  const stage = new Stage().connect();
  subscribe(stage, 's');
  subscribe(stage, 's');
  assert.match(stage.seen().join(), /^ERROR duplicate-subscription/);
  assert.equal(stage.pipe.end, 'duplicate-subscription');
  assert.equal(stage.destinations.news.cursors.length, 0);
});

test('UNSUBSCRIBE ends a subscription, with a RECEIPT, and frees its id', () => {
  const stage = new Stage().connect();
  subscribe(stage, 's');
  stage.frame('UNSUBSCRIBE', { id: 's', receipt: 'r' });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
  subscribe(stage, 's');
  stage.destinations.news.append('y');
  assert.deepEqual(stage.seen(), ['MESSAGE s "y"']);
});

test('UNSUBSCRIBE of an unknown id is an ERROR', () => {
  const stage = new Stage().connect();
  stage.frame('UNSUBSCRIBE', { id: 's' });
  assert.match(stage.seen().join(), /^ERROR unknown-subscription/);
});

test('an unknown destination is refused on the error queue, its id may be tried again or given up', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  subscribe(stage, 's', { destination: '/topic/nowhere' });
  subscribe(stage, 's', { destination: '/topic/nowhere' });
  assert.deepEqual(
    stage.frames().map((frame) => JSON.parse(Buffer.from(frame.body).toString()).code),
    ['unknown-destination', 'unknown-destination'],
  );
  stage.frame('UNSUBSCRIBE', { id: 's' });
  subscribe(stage, 's', { receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

test('whatever a SUBSCRIBE is refused for, its id may be given up', () => {
  for (const headers of [
    { destination: '/topic/nowhere' },
    { destination: `/topic/${'n'.repeat(256)}` },
    { ack: 'maybe' },
    { ack: 'client', 'prefetch-count': '0' },
    { after: 'x'.repeat(257) },
    { destination: '/user/queue/errors', ack: 'client' },
  ] as Record<string, string>[]) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
    subscribe(stage, 's', headers);
    assert.match(stage.seen().join(), /^MESSAGE e /);
    stage.frame('UNSUBSCRIBE', { id: 's', receipt: 'r' });
    assert.deepEqual(stage.seen(), ['RECEIPT r'], JSON.stringify(headers));
  }
});

test('a position that the topic refuses is told with its receipt', () => {
  const stage = new Stage().connect();
  stage.destinations.start = () => {
    throw new Refusal('position-unknown');
  };
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  subscribe(stage, 's', { receipt: 'r', after: '99' });
  assert.match(stage.seen().join(), /^MESSAGE e .*"position-unknown".*"receipt":"r"/);
});

test('an error inside a topic is shown as internal', () => {
  const stage = new Stage().connect();
  subscribe(stage, 's', { destination: '/topic/broken' });
  const [error] = stage.seen();
  assert.match(error ?? '', /^ERROR internal/);
  assert.doesNotMatch(error ?? '', /secret/);
  assert.equal(stage.log.errors.length, 1);
});

test('256 subscriptions are held, one more is refused', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  for (let i = 1; i < 256; i++) subscribe(stage, `s${i}`);
  assert.deepEqual(stage.seen(), []);
  subscribe(stage, 'one-more');
  assert.match(stage.seen().join(), /"too-many-subscriptions".*256/);
  assert.equal(stage.destinations.news.cursors.length, 255);
});

test('refused ids count among the 256, so that they cannot pile up', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  for (let i = 0; i < 300; i++) subscribe(stage, `s${i}`, { destination: '/topic/nowhere' });
  assert.equal(stage.session.subscriptions.size, 256);
  stage.frames();
  subscribe(stage, 's1', { receipt: 'tried again' });
  assert.deepEqual(stage.seen(), ['RECEIPT tried again']);
});

test('ids, destinations and receipts have at most 256 characters', () => {
  for (const header of ['id', 'destination', 'receipt', 'after']) {
    const stage = new Stage().connect();
    subscribe(stage, 's', { [header]: 'x'.repeat(257) });
    const [error] = stage.frames();
    assert.ok(error);
    assert.equal(headerOf(error, 'code'), 'invalid-parameter');
    assert.match(headerOf(error, 'message') ?? '', new RegExp(`${header} .*256`));
  }
});

/** A topic whose start is looked up, and the ways to answer it. */
function slow(stage: Stage): PromiseWithResolvers<Start<string>>[] {
  const asked: PromiseWithResolvers<Start<string>>[] = [];
  stage.destinations.start = () => {
    const one = Promise.withResolvers<Start<string>>();
    asked.push(one);
    return one.promise;
  };
  return asked;
}

test('a start that is looked up: the subscription and its RECEIPT come when it is known', async () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  stage.destinations.news.append('a');
  subscribe(stage, 's', { receipt: 'r' });
  await settle();
  assert.deepEqual(stage.seen(), []);
  asked[0]?.resolve({ next: 0 });
  await settle();
  assert.deepEqual(stage.seen(), ['MESSAGE s "a"', 'RECEIPT r']);
});

test('while a start is looked up its id is taken', () => {
  const stage = new Stage().connect();
  slow(stage);
  subscribe(stage, 's');
  subscribe(stage, 's');
  assert.match(stage.seen().join(), /^ERROR duplicate-subscription/);
});

test('a start that is refused later is told, and its id is free', async () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  subscribe(stage, 's', { receipt: 'r' });
  asked[0]?.reject(new Refusal('position-unknown'));
  await settle();
  assert.match(stage.seen().join(), /"position-unknown".*"receipt":"r"/);
  subscribe(stage, 's');
  assert.equal(asked.length, 2);
});

test('UNSUBSCRIBE while a start is looked up leaves nothing behind', async () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  subscribe(stage, 's');
  stage.frame('UNSUBSCRIBE', { id: 's', receipt: 'u' });
  subscribe(stage, 's');
  asked[0]?.resolve({ next: 0 });
  await settle();
  assert.equal(stage.destinations.news.cursors.length, 0);
  asked[1]?.resolve({ next: 0 });
  await settle();
  assert.equal(stage.destinations.news.cursors.length, 1);
  assert.deepEqual(stage.seen(), ['RECEIPT u']);
});

test('a refusal of a start that nobody waits for any more is told to nobody', async () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  subscribe(stage, 's');
  stage.frame('UNSUBSCRIBE', { id: 's' });
  asked[0]?.reject(new Refusal('position-unknown'));
  await settle();
  assert.deepEqual(stage.seen(), []);
  assert.equal(stage.pipe.end, undefined);
});

test('the end of a session while a start is looked up leaves nothing behind', async () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  subscribe(stage, 's');
  stage.session.ended();
  asked[0]?.resolve({ next: 0 });
  await settle();
  assert.equal(stage.destinations.news.cursors.length, 0);
});

test('starts that are looked up count as in flight: a client cannot ask for any number', () => {
  const stage = new Stage().connect();
  const asked = slow(stage);
  for (let i = 0; i < 100; i++) {
    subscribe(stage, 's');
    stage.frame('UNSUBSCRIBE', { id: 's' });
  }
  assert.equal(asked.length, 64);
  assert.equal(stage.pipe.pauses, 1);
});

test('an id that has colons and backslashes comes back as it was', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'a\\cb\\\\', destination: NEWS });
  stage.destinations.news.append('x');
  assert.deepEqual(
    stage.frames().map((frame) => headerOf(frame, 'subscription')),
    ['a:b\\'],
  );
});
