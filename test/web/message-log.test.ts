import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageLog } from '../../web/src/chat/message-log.ts';
import { message } from './chat-fixtures.ts';

const seqs = (log: MessageLog) => log.messages.map((shown) => shown.seq);

test('begins with the newest messages and goes on after them', () => {
  const log = new MessageLog();
  log.reset([message(4), message(5)], 5);
  assert.equal(log.position, 5);
  assert.deepEqual(
    log.append([message(5), message(6)]).map((shown) => shown.seq),
    [6],
  );
  assert.deepEqual(seqs(log), [4, 5, 6]);
});

test('a room without messages begins at its head', () => {
  const log = new MessageLog();
  log.reset([], 0);
  assert.equal(log.position, 0);
  log.append([message(1)]);
  assert.deepEqual(seqs(log), [1]);
});

test('older messages come before, without those that are there', () => {
  const log = new MessageLog();
  log.reset([message(4), message(5)], 5);
  log.prepend([message(2), message(3), message(4)]);
  assert.deepEqual(seqs(log), [2, 3, 4, 5]);
  assert.equal(log.first, 2);
});

test('trimming lets the oldest go and keeps the position', () => {
  const log = new MessageLog();
  log.reset([message(1), message(2), message(3)], 3);
  assert.equal(log.trim(2), true);
  assert.equal(log.trim(2), false);
  assert.deepEqual([seqs(log), log.position], [[2, 3], 3]);
});

test('whatever is sent again, each message is there once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (restarts) => {
      const log = new MessageLog();
      log.reset([], 0);
      // Each number is where the server begins to send again, from what the log has already up to five more.
      for (const back of restarts) {
        const from = Math.max(1, log.position + 1 - back);
        log.append(Array.from({ length: back + 5 }, (_, i) => message(from + i)));
      }
      assert.deepEqual(
        seqs(log),
        Array.from({ length: log.position }, (_, i) => i + 1),
      );
    }),
  );
});

test('a deleted message is held no more, and the position goes on with the deletion', () => {
  const log = new MessageLog();
  log.reset([message(4), message(5), message(6)], 6);
  assert.equal(log.remove({ seq: 7, target: 5 })?.id, 'id-5');
  assert.deepEqual([seqs(log), log.position, log.first], [[4, 6], 7, 4]);
  assert.equal(log.remove({ seq: 7, target: 5 }), undefined);
  assert.equal(log.remove({ seq: 8, target: 2 }), undefined, 'it was not held');
  log.prepend([message(1), message(2), message(3)]);
  assert.deepEqual(seqs(log), [1, 3, 4, 6], 'a page that was read before has it still');
});

test('where all that is held was deleted, older messages are those before the position', () => {
  const log = new MessageLog();
  log.reset([message(9)], 9);
  log.remove({ seq: 10, target: 9 });
  assert.deepEqual([seqs(log), log.first], [[], 11]);
});

test('whatever is deleted and sent again, the messages that are left are there once and in order', () => {
  const step = fc.record({ target: fc.integer({ min: 1, max: 40 }), back: fc.nat(20) });
  const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const log = new MessageLog();
    log.reset([], 0);
    /** The room: what stands at each seq. */
    const room: (number | 'gone' | { target: number })[] = [];
    for (const { target, back } of steps) {
      room.push(room.length + 1);
      if (typeof room[target - 1] === 'number') {
        room[target - 1] = 'gone';
        room.push({ target });
      }
      for (let seq = Math.max(1, log.position + 1 - back); seq <= room.length; seq++) {
        const there = room[seq - 1];
        if (there === 'gone') log.remove({ seq, target: seq });
        else if (typeof there === 'object') log.remove({ seq, target: there.target });
        else log.append([message(seq)]);
      }
      assert.deepEqual(
        seqs(log),
        room.filter((each) => typeof each === 'number'),
      );
    }
  });
  fc.assert(property);
});
