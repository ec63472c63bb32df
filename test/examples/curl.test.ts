import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';
import { Program } from './program.ts';

let app: TestApp;
before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator' });
});
after(() => app.close());

/** How many ticks somebody has seen who has the last event of a text. */
function seen(ids: readonly string[]): number[] {
  return ids.map((id) => id.split(',').reduce((sum, offset) => sum + Number(offset), 0));
}

const TEXT = 'Grüße "\\"';

test('curl chats over REST, and reads prices on from where it was cut off', async () => {
  await app.post('/api/chat/messages', { sender: 'Ann', content: 'before curl' });
  await using program = new Program('curl', './towncrier.sh', [app.url, TEXT]);
  assert.equal(await program.ended(), 0, program.printed);
  assert.match(program.printed, /-- say\n\{"seq":2,.*"sender":"curl","content":"Grüße \\"\\\\\\""/);
  assert.match(program.printed, /"content":"before curl"/);
  const { messages } = await json(app.get('/api/chat/messages'));
  assert.equal(messages[1].content, TEXT);
  const [first = '', second = ''] = program.printed.split('-- prices after');
  const ids = (text: string): string[] => [...text.matchAll(/^id: [^:]+:([\d,]+)$/gm)].map(([, id = '']) => id);
  const [before, after] = [seen(ids(first)), seen(ids(second))];
  assert.ok(before.length > 1 && after.length > 1, program.printed);
  assert.equal(after[0], (before.at(-1) ?? 0) + 1);
  assert.doesNotMatch(second, /market-snapshot/);
});
