import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ CHAT_ROOMS: ['global', 'help'], CHAT_RATE_LIMIT: 0 });
});
after(() => app.close());

async function receipt(client: StompClient, id: string): Promise<void> {
  await client.frame((frame) => frame.command === 'RECEIPT' && frame.headers['receipt-id'] === id);
}

test('the messages of a transaction come together, while others send as fast as they can', async () => {
  const [ann, bob, eve] = await Promise.all(['Ann', 'Bob', 'Eve'].map((name) => StompClient.connect(app.url, name)));
  assert.ok(ann && bob && eve);
  eve.send('SUBSCRIBE', { id: 's', destination: '/topic/chat', receipt: 'sub' });
  await receipt(eve, 'sub');
  for (let round = 0; round < 20; round++) {
    ann.send('BEGIN', { transaction: 't' });
    for (let i = 0; i < 5; i++) {
      ann.send(
        'SEND',
        { destination: '/app/chat', transaction: 't' },
        JSON.stringify({ content: `ann ${round} ${i}` }),
      );
      bob.send('SEND', { destination: '/app/chat', receipt: `${round} ${i}` }, JSON.stringify({ content: 'bob' }));
    }
    ann.send('COMMIT', { transaction: 't', receipt: `${round}` });
  }
  for (let round = 0; round < 20; round++) await receipt(ann, `${round}`);
  for (let round = 0; round < 20; round++) await receipt(bob, `${round} 4`);
  const texts: string[] = [];
  while (texts.length < 200) texts.push((await eve.message('/topic/chat')).content);
  for (let round = 0; round < 20; round++) {
    const first = texts.indexOf(`ann ${round} 0`);
    const own = Array.from({ length: 5 }, (_, i) => `ann ${round} ${i}`);
    assert.deepEqual(texts.slice(first, first + 5), own);
  }
  await Promise.all([ann.close(), bob.close(), eve.close()]);
});

test('an id that is taken refuses a whole transaction, in every room', async () => {
  const ann = await StompClient.connect(app.url, 'Ann');
  ann.send('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  await ann.accepted('/app/chat.help', { id: 'taken', content: 'first' });
  ann.send('BEGIN', { transaction: 't' });
  ann.send('SEND', { destination: '/app/chat', transaction: 't' }, '{"content":"never seen"}');
  ann.send('SEND', { destination: '/app/chat.help', transaction: 't' }, '{"id":"taken","content":"second"}');
  ann.send('COMMIT', { transaction: 't', receipt: 'c' });
  const { code, receipt: of } = await ann.message('/user/queue/errors');
  assert.deepEqual([code, of], ['id-conflict', 'c']);
  const { messages } = await json(app.get('/api/chat/messages?limit=200'));
  assert.equal(messages.filter(({ content }: { content: string }) => content === 'never seen').length, 0);
  await ann.close();
});

test('acknowledgement holds a subscription back, and lets it go on', async () => {
  const ann = await StompClient.connect(app.url, 'Ann');
  for (let i = 1; i <= 5; i++) await ann.accepted('/app/chat.help', { content: `${i}` });
  ann.send('SUBSCRIBE', { id: 's', destination: '/topic/chat.help', after: '0', ack: 'client', 'prefetch-count': '2' });
  const seqs: number[] = [];
  for (let i = 0; i < 5; i++) {
    const frame = await ann.frame(({ command }) => command === 'MESSAGE');
    assert.ok(ann.frames.length <= 1);
    seqs.push(JSON.parse(frame.body).seq);
    ann.send('ACK', { id: frame.headers.ack ?? '' });
  }
  assert.deepEqual(seqs, [1, 2, 3, 4, 5]);
  await ann.close();
});
