import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { Stage, settle } from './stage.ts';

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
