import assert from 'node:assert/strict';
import test from 'node:test';
import { errorTable, Refusal } from '../../server/errors.ts';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

const ERRORS = '/user/queue/errors';

test('the error queue tells from its SUBSCRIBE to its UNSUBSCRIBE, before and after that there is an ERROR', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS, receipt: 'r' });
  stage.frame('SEND', { destination: '/topic/news' });
  stage.frame('UNSUBSCRIBE', { id: 'e' });
  stage.frame('SEND', { destination: '/topic/news' });
  const [receipt, told, error] = stage.seen();
  assert.equal(receipt, 'RECEIPT r');
  assert.match(told ?? '', /^MESSAGE e .*"not-writable"/);
  assert.match(error ?? '', /^ERROR not-writable/);
});

test('each error queue of a session is told, with message-ids of their own', () => {
  const stage = new Stage().connect();
  for (const id of ['a', 'b']) stage.frame('SUBSCRIBE', { id, destination: ERRORS });
  stage.frame('SEND', { destination: '/topic/news', receipt: 'r' });
  const frames = stage.frames();
  assert.deepEqual(
    frames.map((frame) => headerOf(frame, 'subscription')),
    ['a', 'b'],
  );
  assert.equal(new Set(frames.map((frame) => headerOf(frame, 'message-id'))).size, 2);
});

test('a session listens to its errors at most eight times: each of them is told each refusal', () => {
  const stage = new Stage().connect();
  for (let id = 0; id < 9; id++) stage.frame('SUBSCRIBE', { id: `${id}`, destination: ERRORS });
  const told = stage.seen();
  assert.equal(told.length, 8);
  assert.match(told[0] ?? '', /^MESSAGE 0 .*"too-many-subscriptions"/);
});

test('whatever code a refusal has: told on the queue where the session may go on, an ERROR where it may not', async () => {
  for (const [code, { fatal }] of Object.entries(errorTable)) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
    stage.frame('SEND', { destination: '/app/a', receipt: 'r' }, 'x');
    // The keys of the table are the codes.
    stage.destinations.sent[0]?.reject(new Refusal(code as keyof typeof errorTable));
    await settle();
    const [answer, ...more] = stage.frames();
    assert.ok(answer);
    assert.deepEqual([answer.command, more], [fatal ? 'ERROR' : 'MESSAGE', []]);
    assert.equal(stage.pipe.end, fatal ? code : undefined);
    const told = fatal ? headerOf(answer, 'receipt-id') : JSON.parse(`${Buffer.from(answer.body)}`).receipt;
    assert.equal(told, 'r');
  }
});

test('in 1.0 the error queue needs no id', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { destination: ERRORS });
  stage.frame('SEND', { destination: '/topic/news' });
  assert.match(stage.seen().join(), /^MESSAGE \/user\/queue\/errors .*"not-writable"/);
});

test('one session never hears of what another is refused', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
  const other = new Stage().connect();
  other.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
  other.frame('SEND', { destination: '/topic/news' });
  assert.deepEqual(stage.seen(), []);
});

test('a client that takes nothing cannot fill memory with refusals: at 64 KiB it is not read any more', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
  stage.pipe.blocked = true;
  for (let i = 0; i < 1_000; i++) stage.frame('SEND', { destination: '/topic/news', receipt: 'r'.repeat(256) });
  // By the hub, and by the session that does not handle what comes nevertheless.
  assert.equal(stage.pipe.pauses, 2);
  stage.pipe.unblock();
  stage.clock.run();
  assert.equal(stage.frames().length, 1_000);
  assert.equal(stage.pipe.pauses, 0);
});
