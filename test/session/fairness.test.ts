import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { FakePipe, Stage, settle } from './stage.ts';

const send = (n: number): string => `SEND\ndestination:/app/chat\nreceipt:${n}\n\n${n}^`;
const sends = (count: number): string => Array.from({ length: count }, (_, n) => send(n)).join('');

test('a session whose frames have cost a millisecond waits until others have had a turn, and loses nothing', async () => {
  const stage = new Stage().connect();
  const { handler } = stage.destinations;
  // Each SEND takes half a millisecond.
  stage.destinations.handler = (destination) => {
    stage.clock.advance(0.5);
    return handler.call(stage.destinations, destination);
  };
  const handled = (): number => stage.destinations.sent.length;
  stage.receive(sends(8));
  assert.deepEqual([handled(), stage.pipe.pauses], [2, 1]);
  stage.clock.run();
  assert.deepEqual([handled(), stage.pipe.pauses], [8, 0]);
  for (const { accept } of stage.destinations.sent) accept();
  await settle();
  assert.equal(stage.frames().length, 8);
});

test('a session that costs less than a hundredth of the time never waits', () => {
  const stage = new Stage().connect();
  stage.destinations.handler = () => async () => stage.clock.spend(0.5);
  for (let time = 0; time < 50; time++) {
    stage.receive(send(time));
    assert.equal(stage.pipe.pauses, 0);
    stage.clock.advance(50);
  }
});

test('while the sessions that are read at once cost much together, who has just waited waits, and nobody else', () => {
  const stage = new Stage().connect();
  let cost = 1;
  stage.destinations.handler = () => async () => stage.clock.spend(cost);
  const [dear, other] = [stage.pipe, new FakePipe()];
  other.session = stage.sessions.open(other);
  other.session.receive(Buffer.from('CONNECT\naccept-version:1.2\n\n\0'));
  stage.receive(send(1));
  stage.clock.run();
  assert.equal(dear.pauses, 0);
  // Meanwhile nothing else has a turn.
  cost = 9;
  const third = new FakePipe();
  third.session = stage.sessions.open(third);
  third.session.receive(Buffer.from(`CONNECT\naccept-version:1.2\n\n\0${send(2).replace('^', '\0')}`));
  cost = 0.1;
  stage.receive(send(3));
  other.session.receive(Buffer.from(send(4).replace('^', '\0')));
  assert.deepEqual([dear.pauses, other.pauses], [1, 0]);
  stage.clock.run();
  assert.equal(dear.pauses, 0);
});

test('who is too fast is told so a little later, and is read no faster than that meanwhile', async () => {
  const allowance = () => ({
    take() {
      throw new Refusal('too-fast', 'Too many messages in this session.');
    },
  });
  const stage = new Stage({ allowance }).connect();
  stage.frame('SUBSCRIBE', { id: 'errors', destination: '/user/queue/errors' });
  stage.receive(sends(100));
  assert.equal(stage.pipe.pauses, 1);
  await settle();
  assert.equal(stage.frames().length, 0);
  stage.clock.advance(100);
  await settle();
  const told = stage.frames().map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  assert.equal(told.length, 64);
  assert.deepEqual([told[0].code, told[0].receipt, told[63].receipt], ['too-fast', '0', '63']);
  assert.equal(stage.pipe.pauses, 0);
  stage.clock.advance(100);
  await settle();
  assert.equal(stage.frames().length, 36);
});

test('who is too fast and does not listen to errors gets an ERROR', async () => {
  const allowance = () => ({
    take() {
      throw new Refusal('too-fast');
    },
  });
  const stage = new Stage({ allowance }).connect();
  stage.receive(send(1));
  stage.clock.advance(100);
  await settle();
  assert.match(stage.seen().join(), /^ERROR 1 /);
  assert.equal(stage.pipe.end, 'too-fast');
});

test('what waits to be read while a session is not read is bounded: above it the session ends', () => {
  const stage = new Stage().connect();
  stage.receive(sends(100));
  assert.equal(stage.pipe.pauses, 1);
  // What one read brought may be compressed, so that it is much more than was read.
  const more = sends(1_000);
  while (stage.pipe.end === undefined) stage.receive(more);
  assert.equal(stage.pipe.end, 'too-large');
  assert.match(stage.seen().join(), /^ERROR too-large .*1048576 bytes/);
});

test('a whole burst of the longest messages may wait', async () => {
  const stage = new Stage().connect();
  const body = JSON.stringify({ content: '😀'.repeat(2_000) });
  for (let i = 0; i < 100; i++) stage.receive(`SEND\ndestination:/app/chat\nreceipt:${i}\n\n${body}^`);
  for (let done = 0; done < 100; done++) {
    stage.destinations.sent[done]?.accept();
    await settle();
  }
  assert.equal(stage.frames().length, 100);
  assert.equal(stage.pipe.end, undefined);
});

test('a client that does not take its answers is not read, also of what has come already', async () => {
  const stage = new Stage().connect();
  stage.pipe.blocked = true;
  const asking = (n: number): string =>
    `BEGIN\ntransaction:t\nreceipt:${`${n}-`.padEnd(256, 'r')}\n\n^ABORT\ntransaction:t\n\n^`;
  const all = 1_000;
  stage.receive(Array.from({ length: all }, (_, n) => asking(n)).join(''));
  // Twice: the hub and the session, each for itself.
  assert.equal(stage.pipe.pauses, 2);
  const answers = (): number => stage.frames().length;
  stage.pipe.blocked = false;
  let got = answers();
  assert.ok(got < all / 2, `${got}`);
  for (let turn = 0; turn < 100 && got < all; turn++) {
    stage.session.drained();
    stage.clock.run();
    got += answers();
  }
  assert.deepEqual([got, stage.pipe.pauses], [all, 0]);
});
