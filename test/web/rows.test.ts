import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMessage } from '../../web/src/chat/message.ts';
import { rowsOf } from '../../web/src/chat/rows.ts';
import { dayText } from '../../web/src/chat/times.ts';

const MINUTE = 60_000;
const shown = (sender: string, time: number): ShownMessage => ({
  seq: time,
  id: `${time}`,
  sender,
  content: 'x',
  time,
  state: 'sent',
});
const dayOf = (time: number) => `${Math.floor(time / (1_440 * MINUTE))}`;

function outline(messages: ShownMessage[], firstNew?: number): string[] {
  return rowsOf({ messages, firstNew, dayOf }).map((row) =>
    row.kind === 'message' ? `${row.message.sender}${row.head ? ' head' : ''}` : row.kind,
  );
}

test('messages of one sender within five minutes make a group', () => {
  const messages = [shown('Ana', 0), shown('Ana', 5 * MINUTE), shown('Ana', 11 * MINUTE), shown('Ben', 12 * MINUTE)];
  assert.deepEqual(outline(messages), ['day', 'Ana head', 'Ana', 'Ana head', 'Ben head']);
});

test('a new day has a separator and begins a group', () => {
  const midnight = 1_440 * MINUTE;
  assert.deepEqual(outline([shown('Ana', midnight - 1), shown('Ana', midnight)]), [
    'day',
    'Ana head',
    'day',
    'Ana head',
  ]);
});

test('keys are unique, also where clocks go back over midnight', () => {
  const midnight = 1_440 * MINUTE;
  const rows = rowsOf({ messages: [shown('A', midnight - 2), shown('A', midnight), shown('A', midnight - 1)], dayOf });
  assert.equal(new Set(rows.map((row) => row.key)).size, rows.length);
});

test('a message keeps its key when it comes back from the server', () => {
  const keyOf = (message: ShownMessage) => rowsOf({ messages: [message], dayOf }).at(-1)?.key;
  const { seq: _, ...sending } = shown('Ana', 1);
  assert.equal(keyOf({ ...sending, state: 'sending' }), keyOf(shown('Ana', 1)));
});

test('days are named as one says them', () => {
  const now = new Date(2026, 2, 10, 12).getTime();
  assert.equal(dayText(new Date(2026, 2, 10, 0).getTime(), now), 'Today');
  assert.equal(dayText(new Date(2026, 2, 9, 23).getTime(), now), 'Yesterday');
  assert.match(dayText(new Date(2026, 2, 1).getTime(), now), /Sunday.*1 March/);
  assert.match(dayText(new Date(2025, 2, 1).getTime(), now), /1 March 2025/);
});

test('a line stands before the first message that was not read, and begins a group', () => {
  const messages = [shown('Ana', 1), shown('Ana', 2), shown('Ana', 3)];
  assert.deepEqual(outline(messages, 2), ['day', 'Ana head', 'new', 'Ana head', 'Ana']);
  assert.deepEqual(outline(messages, 9), ['day', 'Ana head', 'Ana', 'Ana']);
});

test('the rows of messages that did not change are the same ones', () => {
  const [first, second] = [shown('Ana', 1), shown('Ana', 2)];
  const before = rowsOf({ messages: [first], dayOf });
  const after = rowsOf({ messages: [first, second], dayOf });
  assert.equal(after[1], before[1]);
});
