import assert from 'node:assert/strict';
import test from 'node:test';
import { errorTable, Refusal } from '../../server/errors.ts';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

test('SEND hands body and sender to the handler of its destination', () => {
  const stage = new Stage().connect('1.2', { login: 'ann' });
  stage.frame('SEND', { destination: '/app/chat' }, 'hello');
  const [sent] = stage.destinations.sent;
  assert.deepEqual([sent?.destination, sent?.body, sent?.sender.name], ['/app/chat', 'hello', 'ann']);
});

test('the RECEIPT comes when the handler has accepted the message, not before', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat', receipt: 'r1' }, 'hello');
  await settle();
  assert.deepEqual(stage.seen(), []);
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:r1\n\n\0');
});

test('without a receipt header an accepted SEND is answered with nothing', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat' }, 'hello');
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.equal(stage.bytes(), '');
});

test('SENDs go to the handlers in order, without waiting for one another', async () => {
  const stage = new Stage().connect();
  for (const n of ['1', '2', '3']) stage.frame('SEND', { destination: '/app/chat', receipt: n }, n);
  assert.deepEqual(
    stage.destinations.sent.map((sent) => sent.body),
    ['1', '2', '3'],
  );
  stage.destinations.sent[2]?.accept();
  await settle();
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT 3', 'RECEIPT 1']);
});

test('a refusal goes to the error queue as JSON with the receipt, and the session goes on', async () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'errs', destination: '/user/queue/errors' });
  stage.frame('SEND', { destination: '/app/chat', receipt: 'r1' }, 'hello');
  stage.destinations.sent[0]?.reject(new Refusal('store-down'));
  await settle();
  const [message] = stage.frames();
  assert.ok(message);
  assert.equal(message.command, 'MESSAGE');
  assert.equal(headerOf(message, 'subscription'), 'errs');
  assert.equal(headerOf(message, 'destination'), '/user/queue/errors');
  assert.equal(headerOf(message, 'content-type'), 'application/json');
  assert.deepEqual(JSON.parse(Buffer.from(message.body).toString()), {
    code: 'store-down',
    message: errorTable['store-down'].text,
    receipt: 'r1',
  });
  assert.equal(stage.pipe.end, undefined);
});

test('messages on the error queue have ids of their own, and no receipt where none was asked for', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'errs', destination: '/user/queue/errors' });
  stage.frame('SEND', { destination: '/topic/news' });
  stage.frame('SEND', { destination: '/topic/news' });
  const frames = stage.frames();
  assert.equal(new Set(frames.map((frame) => headerOf(frame, 'message-id'))).size, 2);
  assert.deepEqual(Object.keys(JSON.parse(Buffer.from(frames[0]?.body ?? '').toString())), ['code', 'message']);
});

test('without an error queue a refusal is an ERROR with the receipt-id, and the end', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat', receipt: 'r1' }, 'hello');
  stage.destinations.sent[0]?.reject(new Refusal('invalid-message', 'content has at most 2,000 characters.'));
  await settle();
  const body = `content has at most 2,000 characters.\n${errorTable['invalid-message'].text}`;
  assert.equal(
    stage.bytes(),
    'ERROR\nmessage:content has at most 2,000 characters.\ncode:invalid-message\ncontent-type:text/plain\n' +
      `receipt-id:r1\ncontent-length:${body.length}\n\n${body}\0`,
  );
  assert.equal(stage.pipe.end, 'invalid-message');
});

test('an unknown error is logged in full and shown as internal', async () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'errs', destination: '/user/queue/errors' });
  stage.frame('SEND', { destination: '/app/chat' }, 'hello');
  const error = new Error('password is 1234');
  stage.destinations.sent[0]?.reject(error);
  await settle();
  const [seen] = stage.seen();
  assert.match(seen ?? '', /"internal"/);
  assert.doesNotMatch(seen ?? '', /1234/);
  assert.deepEqual(stage.log.errors, [{ err: error, connection: stage.session.id, receipt: undefined }]);
});

test('SEND without a destination is an ERROR that names the header', () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { receipt: 'r' }, 'x');
  const [error] = stage.frames();
  assert.ok(error);
  assert.equal(headerOf(error, 'code'), 'missing-header');
  assert.equal(headerOf(error, 'receipt-id'), 'r');
  assert.match(headerOf(error, 'message') ?? '', /destination/);
  assert.equal(stage.pipe.end, 'missing-header');
});

const send = (n: number): string => `SEND\ndestination:/app/chat\nreceipt:${n}\n\n${n}^`;

test('at 64 SENDs in flight reading is paused, and the rest waits in its order', async () => {
  const stage = new Stage().connect();
  stage.receive(Array.from({ length: 100 }, (_, n) => send(n)).join(''));
  const { sent } = stage.destinations;
  assert.equal(sent.length, 64);
  assert.equal(stage.pipe.pauses, 1);
  stage.receive(send(100));
  assert.equal(sent.length, 64);
  for (let i = 0; i < 101; i++) {
    sent[i]?.accept();
    await settle();
    assert.ok(sent.length - i - 1 <= 64);
  }
  assert.deepEqual(
    sent.map((one) => one.body),
    Array.from({ length: 101 }, (_, n) => String(n)),
  );
  assert.equal(stage.pipe.pauses, 0);
  assert.equal(stage.frames().length, 101);
});

test('a session that was paused is not taken for silent', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '10000,0' });
  stage.receive(Array.from({ length: 64 }, (_, n) => send(n)).join(''));
  stage.clock.advance(200_000);
  assert.equal(stage.pipe.end, undefined);
});

test('an answer that comes after the end is for nobody', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/chat', receipt: 'r' }, 'x');
  stage.frame('SEND', { destination: '/app/chat', receipt: 'q' }, 'x');
  stage.session.ended();
  stage.destinations.sent[0]?.accept();
  stage.destinations.sent[1]?.reject(new Refusal('store-down'));
  await settle();
  assert.equal(stage.bytes(), '');
});
