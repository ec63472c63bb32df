import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

test('DISCONNECT gets its RECEIPT, and then the end', () => {
  const stage = new Stage().connect();
  stage.frame('DISCONNECT', { receipt: 'bye' });
  assert.deepEqual(stage.seen(), ['RECEIPT bye']);
  assert.equal(stage.pipe.end, 'finished');
});

test('DISCONNECT without a receipt is just the end', () => {
  const stage = new Stage().connect();
  stage.frame('DISCONNECT');
  assert.equal(stage.bytes(), '');
  assert.equal(stage.pipe.end, 'finished');
});

test('DISCONNECT waits for the answers to what was sent before', async () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news' });
  stage.frame('SEND', { destination: '/app/chat', receipt: '1' }, 'x');
  stage.frame('DISCONNECT', { receipt: 'bye' });
  stage.frame('SEND', { destination: '/app/chat', receipt: '2' }, 'ignored');
  stage.destinations.news.append('not for one who leaves');
  assert.deepEqual(stage.seen(), []);
  assert.equal(stage.pipe.end, undefined);
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'RECEIPT bye']);
  assert.equal(stage.pipe.end, 'finished');
  assert.equal(stage.destinations.sent.length, 1);
});

test('the RECEIPT of DISCONNECT is written before the end, also where the client is slow', () => {
  const stage = new Stage().connect();
  stage.pipe.blocked = true;
  stage.frame('SUBSCRIBE', { id: '1', destination: '/topic/news', receipt: 'a' });
  stage.frame('UNSUBSCRIBE', { id: '1', receipt: 'b' });
  stage.frame('DISCONNECT', { receipt: 'bye' });
  assert.deepEqual(stage.seen(), ['RECEIPT a']);
  assert.equal(stage.pipe.end, undefined);
  stage.pipe.unblock();
  assert.deepEqual(stage.seen(), ['RECEIPT b', 'RECEIPT bye']);
  assert.equal(stage.pipe.end, 'finished');
});

test('an ERROR is written before the end, also where the client is slow', () => {
  const stage = new Stage().connect();
  stage.pipe.blocked = true;
  stage.frame('SUBSCRIBE', { id: '1', destination: '/topic/news', receipt: 'a' });
  stage.frame('UNSUBSCRIBE', { id: 'x' });
  assert.deepEqual(stage.seen(), ['RECEIPT a']);
  assert.equal(stage.pipe.end, undefined);
  stage.pipe.unblock();
  assert.match(stage.seen().join(), /^ERROR unknown-subscription/);
  assert.equal(stage.pipe.end, 'unknown-subscription');
});

test('a client that takes nothing is closed by the hub, and told why', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news' });
  stage.pipe.blocked = true;
  stage.destinations.news.append('x');
  stage.clock.advance(32_000);
  assert.equal(stage.pipe.end, 'too-slow');
  assert.match(stage.seen().join('\n'), /ERROR too-slow/);
  assert.deepEqual(stage.destinations.present, []);
});

test('a client that takes not even its ERROR is closed, and not told twice', () => {
  const stage = new Stage().connect();
  stage.pipe.blocked = true;
  stage.frame('SUBSCRIBE', { id: '1', destination: '/topic/news', receipt: 'a' });
  stage.frame('UNSUBSCRIBE');
  stage.clock.advance(32_000);
  assert.equal(stage.pipe.end, 'too-slow');
  assert.deepEqual(stage.seen(), ['RECEIPT a']);
});

test('bytes that are no STOMP are an ERROR with the receipt, and the end', () => {
  const stage = new Stage().connect();
  stage.receive('SEND\nreceipt:r1\nno colon\n\n^');
  const [error] = stage.frames();
  assert.ok(error);
  assert.equal(headerOf(error, 'code'), 'invalid-frame');
  assert.equal(headerOf(error, 'receipt-id'), 'r1');
  assert.equal(stage.pipe.end, 'invalid-frame');
});

test('a frame above 64 KiB is an ERROR that names the limit', () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat' }, 'x'.repeat(65_536));
  assert.match(stage.seen().join(), /^ERROR too-large .*65536 bytes/);
  assert.equal(stage.pipe.end, 'too-large');
});

test('an unknown command is an ERROR, and what follows is not read', () => {
  const stage = new Stage().connect();
  stage.receive('GET / HTTP/1.1\n\n^SEND\ndestination:/app/chat\n\nx^');
  assert.match(stage.seen().join(), /^ERROR unexpected-frame .*GET/);
  assert.deepEqual(stage.destinations.sent, []);
  stage.frame('SEND', { destination: '/app/chat' }, 'x');
  assert.deepEqual(stage.destinations.sent, []);
});

test('an ERROR before CONNECT is written in the form that every version reads', () => {
  const stage = new Stage();
  stage.frame('SEND', { destination: '/app/chat', receipt: 'a\\b' });
  assert.match(stage.bytes(), /^ERROR\n.*\n(.*\n)*receipt-id:a\\b\n/);
});

test('presence hears once of the coming and once of the going', () => {
  for (const end of [
    (stage: Stage) => stage.session.ended(),
    (stage: Stage) => stage.frame('DISCONNECT'),
    (stage: Stage) => stage.frame('UNSUBSCRIBE'),
    (stage: Stage) => stage.session.client.close('too-slow'),
  ]) {
    const stage = new Stage().connect();
    const { destinations } = stage;
    assert.equal(destinations.present.length, 1);
    const other = { session: 'other', name: undefined, fallback: 'guest' };
    destinations.joined(other);
    end(stage);
    stage.session.ended();
    assert.deepEqual(destinations.present, [other]);
  }
});

test('a session that never CONNECTED was never here', () => {
  const stage = new Stage();
  const other = { session: 'other', name: undefined, fallback: 'guest' };
  stage.destinations.joined(other);
  stage.session.ended();
  assert.deepEqual(stage.destinations.present, [other]);
});

test('after the end nothing is left: no cursor, no client, no timer but the shared ones', () => {
  const stage = new Stage();
  const timers = stage.clock.pending;
  stage.connect('1.2', { 'heart-beat': '10000,10000' });
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news' });
  assert.equal(stage.clock.pending, timers);
  stage.session.ended();
  assert.equal(stage.destinations.news.cursors.length, 0);
  assert.equal(stage.hub.clients, 0);
  assert.equal(stage.session.slot, -1);
  stage.clock.advance(300_000);
  assert.equal(stage.bytes(), '');
  assert.equal(stage.pipe.end, undefined);
});

test('a refusal that ends the session is told once, however much follows', async () => {
  const stage = new Stage().connect();
  for (const n of ['1', '2']) stage.frame('SEND', { destination: '/app/chat', receipt: n }, 'x');
  for (const sent of stage.destinations.sent) sent.reject(new Refusal('store-down'));
  await settle();
  assert.equal(stage.frames().length, 1);
});

test('a full private queue pauses reading, and both reasons to pause must go before it resumes', async () => {
  const stage = new Stage().connect();
  stage.pipe.blocked = true;
  for (let i = 0; i < 64; i++) stage.frame('SEND', { destination: '/app/chat' }, 'x');
  assert.equal(stage.pipe.pauses, 1);
  stage.session.send('MESSAGE', [], Buffer.alloc(10));
  stage.session.send('MESSAGE', [], Buffer.alloc(70_000));
  assert.equal(stage.pipe.pauses, 2);
  stage.destinations.sent[0]?.accept();
  await settle();
  // The session may go on, and does not while its answers would have to wait.
  assert.equal(stage.pipe.pauses, 2);
  stage.pipe.unblock();
  assert.equal(stage.pipe.pauses, 0);
});

test('one that is told to leave is answered first, and then hears why', async () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'n', destination: '/topic/news' });
  stage.frame('SEND', { destination: '/app/chat', receipt: '1' }, 'x');
  stage.session.dismiss(new Refusal('stopping'));
  stage.frame('SEND', { destination: '/app/chat', receipt: '2' }, 'too late');
  stage.destinations.news.append('not for one who leaves');
  assert.deepEqual(stage.seen(), []);
  assert.equal(stage.pipe.end, undefined);
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.match(stage.seen().join(), /^RECEIPT 1,ERROR stopping/);
  assert.equal(stage.pipe.end, 'stopping');
  assert.equal(stage.destinations.sent.length, 1);
});

test('one that is told to leave and waits for nothing hears why at once, CONNECTED or not', () => {
  for (const stage of [new Stage(), new Stage().connect()]) {
    stage.session.dismiss(new Refusal('stopping'));
    assert.match(stage.seen().join(), /^ERROR stopping/);
    assert.equal(stage.pipe.end, 'stopping');
  }
});

test('one that leaves by itself is not told to', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat', receipt: '1' }, 'x');
  stage.frame('DISCONNECT', { receipt: 'bye' });
  stage.session.dismiss(new Refusal('stopping'));
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'RECEIPT bye']);
});
