import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer } from '../../web/src/chat/announcer.ts';
import type { ShownMessage } from '../../web/src/chat/message.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { message } from './chat-fixtures.ts';

test('messages are gathered for four seconds and told in one sentence', () => {
  const clock = new ManualClock();
  const said: string[] = [];
  const announcer = new Announcer(clock, (text) => said.push(text));
  const shown = (seq: number): ShownMessage => ({ ...message(seq), state: 'sent' });
  announcer.heard([]);
  announcer.heard([shown(1)]);
  clock.advance(3_999);
  announcer.heard([shown(2), shown(3)]);
  assert.deepEqual(said, []);
  clock.advance(1);
  assert.deepEqual(said, ['3 new messages. Ana: text 3']);
  announcer.heard([shown(4)]);
  clock.advance(4_000);
  assert.equal(said[1], 'Ana: text 4');
});
