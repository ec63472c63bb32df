import assert from 'node:assert/strict';
import test from 'node:test';
import { type Frame, headerOf } from '../../server/protocol/stomp/frame.ts';
import type { Version } from '../../server/protocol/stomp/version.ts';
import { Stage } from './stage.ts';

const NEWS = '/topic/news';

function subscribed(version: Version, ack: string, more: Record<string, string> = {}): Stage {
  const stage = new Stage().connect(version);
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ack, ...more });
  return stage;
}

function append(stage: Stage, count: number): void {
  for (let i = 0; i < count; i++) stage.destinations.news.append(`${i}`);
}

/** What each MESSAGE says, and how it is acknowledged. */
const bodies = (frames: readonly Frame[]): string[] => frames.map(({ body }) => JSON.parse(`${Buffer.from(body)}`));
const acks = (frames: readonly Frame[]): (string | undefined)[] => frames.map((frame) => headerOf(frame, 'ack'));

test('STOMP 1.2, SUBSCRIBE ack Header: auto is the default, and its messages carry no ack header', () => {
  for (const header of [{}, { ack: 'auto' }]) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ...header });
    append(stage, 3_000);
    const frames = stage.frames();
    assert.equal(frames.length, 3_000);
    assert.deepEqual(new Set(acks(frames)), new Set([undefined]));
  }
});

test('STOMP 1.2, SUBSCRIBE ack Header: another mode than the three is refused', () => {
  const stage = subscribed('1.2', 'maybe');
  assert.match(stage.seen().join(), /^ERROR invalid-parameter .*ack/);
});

test('STOMP 1.2, MESSAGE: an ack header that is unique in the session is there where it is to be acknowledged', () => {
  const stage = subscribed('1.2', 'client');
  stage.frame('SUBSCRIBE', { id: 't', destination: NEWS, ack: 'client-individual' });
  append(stage, 2);
  assert.deepEqual(acks(stage.frames()).sort(), ['0@s', '0@t', '1@s', '1@t']);
});

test('STOMP 1.2, SUBSCRIBE ack Header: client is cumulative', () => {
  const stage = subscribed('1.2', 'client', { 'prefetch-count': '3' });
  append(stage, 10);
  const first = stage.frames();
  assert.deepEqual(bodies(first), ['0', '1', '2']);
  stage.frame('ACK', { id: acks(first)[1] ?? '' });
  assert.deepEqual(bodies(stage.frames()), ['3', '4']);
});

test('STOMP 1.2, SUBSCRIBE ack Header: client-individual is not', () => {
  const stage = subscribed('1.2', 'client-individual', { 'prefetch-count': '3' });
  append(stage, 10);
  const first = stage.frames();
  stage.frame('ACK', { id: acks(first)[2] ?? '' });
  assert.deepEqual(bodies(stage.frames()), ['3']);
  stage.frame('ACK', { id: acks(first)[2] ?? '' });
  assert.deepEqual(bodies(stage.frames()), []);
});

test('STOMP 1.2, NACK: counts as ACK, also for all before it in client mode', () => {
  const stage = subscribed('1.2', 'client', { 'prefetch-count': '2' });
  append(stage, 4);
  const first = stage.frames();
  stage.frame('NACK', { id: acks(first)[1] ?? '', receipt: 'n' });
  assert.deepEqual(stage.seen(), ['MESSAGE s "2"', 'MESSAGE s "3"', 'RECEIPT n']);
});

test('STOMP 1.2, ACK: without id it is an ERROR', () => {
  const stage = subscribed('1.2', 'client');
  stage.frame('ACK', { 'message-id': 'm', subscription: 's', receipt: 'r' });
  assert.match(stage.seen().join(), /^ERROR r .*needs the header id/);
});

test('STOMP 1.1, ACK: message-id and subscription name the message, and both are needed', () => {
  const stage = subscribed('1.1', 'client-individual', { 'prefetch-count': '1' });
  append(stage, 3);
  const [first] = stage.frames();
  assert.ok(first);
  assert.equal(headerOf(first, 'ack'), undefined);
  const messageId = (headerOf(first, 'message-id') ?? '').replaceAll(':', '\\c');
  stage.frame('ACK', { 'message-id': messageId, subscription: 's' });
  assert.deepEqual(stage.seen(), ['MESSAGE s "1"']);
  stage.frame('ACK', { 'message-id': messageId });
  assert.match(stage.seen().join(), /^ERROR missing-header .*subscription/);
});

test('STOMP 1.0, ACK: message-id names the message, in all subscriptions of the session', () => {
  const stage = subscribed('1.0', 'client', { 'prefetch-count': '1' });
  stage.frame('SUBSCRIBE', { destination: NEWS, ack: 'client', 'prefetch-count': '1' });
  append(stage, 3);
  const frames = stage.frames();
  assert.deepEqual(bodies(frames), ['0', '0']);
  const ids = frames.map((frame) => headerOf(frame, 'message-id') ?? '');
  assert.equal(new Set(ids).size, 2);
  for (const id of ids) stage.frame('ACK', { 'message-id': id });
  assert.deepEqual(stage.seen().sort(), ['MESSAGE /topic/news "1"', 'MESSAGE s "1"']);
});

test('STOMP 1.0, ACK: the subscription may be named, and must be the right one', () => {
  const stage = subscribed('1.0', 'client', { 'prefetch-count': '1' });
  append(stage, 2);
  const [first] = stage.frames();
  const id = (first && headerOf(first, 'message-id')) ?? '';
  stage.frame('ACK', { 'message-id': id, subscription: 's' });
  assert.deepEqual(stage.seen(), ['MESSAGE s "1"']);
  stage.frame('ACK', { 'message-id': id, subscription: 'other' });
  assert.match(stage.seen().join(), /^ERROR unknown-message/);
});

test('STOMP 1.0 and 1.1, MESSAGE: a message-id with what acknowledges it still resumes', () => {
  const stage = new Stage().connect('1.1');
  const asked: (string | undefined)[] = [];
  stage.destinations.start = (after) => {
    asked.push(after);
    return { next: 0 };
  };
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, after: 'm\\c7@7@s' });
  stage.frame('SUBSCRIBE', { id: 't', destination: NEWS, after: 'm\\c7' });
  assert.deepEqual(asked, ['m:7', 'm:7']);
});

test('without prefetch-count 1,000 messages are on their way', () => {
  const stage = subscribed('1.2', 'client');
  append(stage, 2_500);
  const first = stage.frames();
  assert.equal(first.length, 1_000);
  stage.frame('ACK', { id: acks(first).at(-1) ?? '' });
  assert.equal(stage.frames().length, 1_000);
});

test('prefetch-count is 1 to 10,000', () => {
  for (const count of ['1', '10000']) {
    const stage = subscribed('1.2', 'client', { 'prefetch-count': count, receipt: 'r' });
    assert.deepEqual(stage.seen(), ['RECEIPT r']);
  }
  for (const count of ['0', '10001', '-1', '', 'x', '1.5', '99999999']) {
    const stage = subscribed('1.2', 'client', { 'prefetch-count': count });
    assert.match(stage.seen().join(), /^ERROR invalid-parameter .*prefetch-count/);
  }
});

test('all windows of a session together have 256,000 messages, and what ends or is refused gives its own back', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  const subscribe = (id: string, count: string, destination = NEWS): string => {
    stage.frame('SUBSCRIBE', { id, destination, ack: 'client-individual', 'prefetch-count': count, receipt: id });
    return stage.seen().join();
  };
  assert.match(subscribe('nowhere', '10000', '/topic/nowhere'), /"unknown-destination"/);
  for (let i = 0; i < 25; i++) assert.equal(subscribe(`${i}`, '10000'), `RECEIPT ${i}`);
  assert.match(subscribe('more', '6001'), /^MESSAGE e .*"too-many-subscriptions".*256000/);
  assert.equal(subscribe('more', '6000'), 'RECEIPT more');
  stage.frame('SUBSCRIBE', { id: 'auto', destination: NEWS, receipt: 'auto' });
  assert.deepEqual(stage.seen(), ['RECEIPT auto']);
  stage.frame('UNSUBSCRIBE', { id: '7' });
  assert.equal(subscribe('another', '10000'), 'RECEIPT another');
});

test('a client that acknowledges nothing is not stalled, and its other subscriptions go on', () => {
  const stage = subscribed('1.2', 'client', { 'prefetch-count': '1' });
  stage.frame('SUBSCRIBE', { id: 'other', destination: '/topic/alias' });
  append(stage, 2);
  stage.clock.advance(300_000);
  assert.equal(stage.pipe.end, undefined);
  assert.deepEqual(stage.seen().sort(), ['MESSAGE other "0"', 'MESSAGE other "1"', 'MESSAGE s "0"']);
});

test('an acknowledgement of what was not sent is refused on the error queue, and the session goes on', () => {
  const stage = subscribed('1.2', 'client');
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  append(stage, 2);
  stage.frames();
  for (const id of ['2@s', '0@nobody', 'made up', '', '99999999999999999999@s']) {
    stage.frame('ACK', { id, receipt: 'r' });
    assert.match(stage.seen().join(), /^MESSAGE e .*"unknown-message".*"receipt":"r"/, id);
  }
  assert.equal(stage.pipe.end, undefined);
});

test('an acknowledgement that crosses an UNSUBSCRIBE does nothing, with its RECEIPT', () => {
  const stage = subscribed('1.2', 'client');
  append(stage, 2);
  stage.frames();
  stage.frame('UNSUBSCRIBE', { id: 's' });
  stage.frame('ACK', { id: '1@s', receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

test('of ended subscriptions 256 are remembered', () => {
  const stage = new Stage().connect();
  for (let i = 0; i < 300; i++) {
    stage.frame('SUBSCRIBE', { id: `s${i}`, destination: NEWS, ack: 'client' });
    stage.frame('UNSUBSCRIBE', { id: `s${i}` });
  }
  assert.equal(stage.session.endedSubscriptions?.size, 256);
  stage.frame('ACK', { id: '1@s299', receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

test('in an auto subscription there is nothing to acknowledge: ACK is taken and changes nothing', () => {
  const stage = subscribed('1.1', 'auto');
  append(stage, 1);
  stage.frames();
  stage.frame('ACK', { 'message-id': 'm\\c0', subscription: 's', receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

test('an id of 256 characters can be acknowledged, and one with colons and line feeds', () => {
  for (const id of ['x'.repeat(256), 'a\\cb\\n@1@']) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id, destination: NEWS, ack: 'client', 'prefetch-count': '1' });
    append(stage, 2);
    assert.equal(stage.frames().length, 1);
    stage.frame('ACK', { id: `0@${id}` });
    assert.equal(stage.frames().length, 1);
  }
});

test('the error queue knows ack auto alone, and no position', () => {
  for (const header of [{ ack: 'client' }, { ack: 'client-individual' }, { after: '0' }]) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors', ...header });
    assert.match(stage.seen().join(), /^ERROR invalid-parameter .*(ack|after)/);
  }
});
