import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { Stage, settle } from './stage.ts';

function begun(...names: string[]): Stage {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  for (const transaction of names) stage.frame('BEGIN', { transaction });
  return stage;
}

const send = (stage: Stage, transaction: string, body: string, more: Record<string, string> = {}): void =>
  stage.frame('SEND', { destination: '/app/chat', transaction, ...more }, body);

test('STOMP 1.2, BEGIN: what is sent in a transaction is done at its COMMIT, in one and in its order', async () => {
  const stage = begun('t');
  send(stage, 't', 'one');
  stage.frame('SEND', { destination: '/app/chat' }, 'beside it');
  send(stage, 't', 'two');
  const { sent, batches } = stage.destinations;
  assert.deepEqual([sent.map(({ body }) => body), batches], [['beside it'], []]);
  stage.frame('COMMIT', { transaction: 't' });
  assert.deepEqual(
    batches.map(({ sends }) => sends),
    [['/app/chat one', '/app/chat two']],
  );
});

test('STOMP 1.2, COMMIT: its RECEIPT comes when everything is accepted, those of BEGIN and SEND when they are taken', async () => {
  const stage = new Stage().connect();
  stage.frame('BEGIN', { transaction: 't', receipt: 'b' });
  send(stage, 't', 'one', { receipt: 's' });
  stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT b', 'RECEIPT s']);
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT c']);
});

test('STOMP 1.2, COMMIT: what the store refuses is told with the receipt of COMMIT', async () => {
  const stage = begun('t');
  send(stage, 't', 'one');
  stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
  stage.destinations.batches[0]?.reject(new Refusal('id-conflict'));
  await settle();
  assert.match(stage.seen().join(), /^MESSAGE e .*"id-conflict".*"receipt":"c"/);
});

test('STOMP 1.2, ABORT: nothing of it is done, and its name is free', () => {
  const stage = begun('t');
  send(stage, 't', 'one');
  stage.frame('ABORT', { transaction: 't', receipt: 'a' });
  stage.frame('BEGIN', { transaction: 't', receipt: 'b' });
  stage.frame('COMMIT', { transaction: 't' });
  assert.deepEqual(stage.seen(), ['RECEIPT a', 'RECEIPT b']);
  assert.deepEqual(
    stage.destinations.batches.map(({ sends }) => sends),
    [[]],
  );
});

for (const command of ['BEGIN', 'COMMIT', 'ABORT']) {
  test(`STOMP 1.2, ${command}: the header transaction is required`, () => {
    const stage = begun();
    stage.frame(command, { receipt: 'r' });
    assert.match(stage.seen().join(), /^ERROR r .*needs the header transaction/);
    assert.equal(stage.pipe.end, 'missing-header');
  });
}

test('STOMP 1.2, BEGIN: transactions that are open have different names', () => {
  const stage = begun('t');
  stage.frame('BEGIN', { transaction: 't' });
  assert.match(stage.seen().join(), /^ERROR duplicate-transaction/);
});

for (const command of ['COMMIT', 'ABORT', 'SEND', 'ACK', 'NACK']) {
  test(`${command} in a transaction that was not begun is an ERROR, and nothing of it is done`, () => {
    const stage = begun('other');
    stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/news', ack: 'client' });
    stage.destinations.news.append('x');
    stage.frames();
    stage.frame(command, { transaction: 't', destination: '/app/chat', id: '0@s', receipt: 'r' });
    assert.match(stage.seen().join(), /^ERROR r .*no open transaction t/);
    assert.equal(stage.pipe.end, 'unknown-transaction');
    assert.deepEqual(stage.destinations.sent, []);
  });
}

test('STOMP 1.2, BEGIN: a DISCONNECT, an ERROR and the end of the connection abort what is open', () => {
  for (const end of [
    (stage: Stage) => stage.frame('DISCONNECT', { receipt: 'bye' }),
    (stage: Stage) => stage.frame('UNSUBSCRIBE', { id: 'nothing' }),
    (stage: Stage) => stage.session.ended(),
  ]) {
    const stage = begun('t');
    send(stage, 't', 'one');
    end(stage);
    stage.frame('COMMIT', { transaction: 't' });
    assert.deepEqual(stage.destinations.batches, []);
  }
});

test('a COMMIT that is under way is finished before the DISCONNECT behind it', async () => {
  const stage = begun('t');
  send(stage, 't', 'one');
  stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
  stage.frame('DISCONNECT', { receipt: 'bye' });
  assert.deepEqual(stage.seen(), []);
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT c', 'RECEIPT bye']);
});

test('STOMP 1.2, ACK and NACK: in a transaction they take effect at its COMMIT', async () => {
  for (const command of ['ACK', 'NACK']) {
    const stage = begun('t', 'u');
    stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/news', ack: 'client', 'prefetch-count': '2' });
    for (const text of ['a', 'b', 'c', 'd']) stage.destinations.news.append(text);
    assert.equal(stage.frames().length, 2);
    stage.frame(command, { id: '0@s', transaction: 't', receipt: 'r' });
    stage.frame(command, { id: '1@s', transaction: 'u' });
    assert.deepEqual(stage.seen(), ['RECEIPT r']);
    stage.frame('ABORT', { transaction: 'u' });
    stage.frame('COMMIT', { transaction: 't' });
    stage.destinations.batches[0]?.accept();
    await settle();
    assert.deepEqual(stage.seen(), ['MESSAGE s "c"']);
  }
});

test('an ACK in a transaction that the store refuses took no effect', async () => {
  const stage = begun('t');
  stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/news', ack: 'client', 'prefetch-count': '1' });
  for (const text of ['a', 'b']) stage.destinations.news.append(text);
  stage.frames();
  send(stage, 't', 'one');
  stage.frame('ACK', { id: '0@s', transaction: 't' });
  stage.frame('COMMIT', { transaction: 't' });
  stage.destinations.batches[0]?.reject(new Refusal('store-down'));
  await settle();
  const [refused, ...more] = stage.seen();
  assert.match(refused ?? '', /^MESSAGE e .*"store-down"/);
  assert.deepEqual(more, []);
  stage.frame('ACK', { id: '0@s' });
  assert.deepEqual(stage.seen(), ['MESSAGE s "b"']);
});

test('an ACK in a transaction whose subscription ends before the COMMIT does nothing', async () => {
  const stage = begun('t');
  stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/news', ack: 'client', 'prefetch-count': '1' });
  stage.destinations.news.append('a');
  stage.frames();
  stage.frame('ACK', { id: '0@s', transaction: 't' });
  stage.frame('UNSUBSCRIBE', { id: 's' });
  stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT c']);
});

test('where one frame of a transaction is refused, so is each that follows, and the COMMIT', async () => {
  const wrong: ((stage: Stage) => void)[] = [
    (stage) => send(stage, 't', 'bad'),
    (stage) => send(stage, 't', 'x', { destination: '/topic/news' }),
    (stage) => send(stage, 't', 'x', { destination: `/app/${'d'.repeat(256)}` }),
    (stage) => send(stage, 't', 'x', { receipt: 'r'.repeat(257) }),
    (stage) => stage.frame('ACK', { id: 'made up', transaction: 't' }),
    (stage) => stage.frame('NACK', { id: '0@s', transaction: 't', receipt: 'r'.repeat(257) }),
  ];
  for (const refuse of wrong) {
    const stage = begun('t');
    send(stage, 't', 'one');
    refuse(stage);
    send(stage, 't', 'two', { receipt: 's' });
    stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
    const codes = stage.frames().map(({ body }) => JSON.parse(`${Buffer.from(body)}`));
    assert.deepEqual(
      codes.slice(1).map(({ code, receipt }) => [code, receipt]),
      [
        ['transaction-refused', 's'],
        ['transaction-refused', 'c'],
      ],
    );
    assert.deepEqual(stage.destinations.batches, []);
    stage.frame('BEGIN', { transaction: 't', receipt: 'again' });
    assert.deepEqual(stage.seen(), ['RECEIPT again']);
  }
});

test('a refused frame that has no part in transactions leaves them as they are', async () => {
  const stage = begun('t');
  send(stage, 't', 'one');
  stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/nowhere', transaction: 't' });
  stage.frame('COMMIT', { transaction: 't', receipt: 'c' });
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.match(stage.seen().join(), /^MESSAGE e .*"unknown-destination".*,RECEIPT c$/);
});

test('a SEND that comes too fast refuses its transaction too', async () => {
  let left = 1;
  const take = (): void => {
    if (left-- <= 0) throw new Refusal('too-fast');
  };
  const stage = new Stage({ allowance: () => ({ take }) }).connect();
  stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
  stage.frame('BEGIN', { transaction: 't' });
  send(stage, 't', 'one');
  send(stage, 't', 'two');
  stage.frame('COMMIT', { transaction: 't' });
  // Who is too fast is told so a little later.
  stage.clock.advance(100);
  await settle();
  const told = stage.seen().join();
  for (const code of ['too-fast', 'transaction-refused']) assert.ok(told.includes(`"${code}"`), told);
  assert.deepEqual(stage.destinations.batches, []);
});

test('a refused transaction can be aborted', () => {
  const stage = begun('t');
  send(stage, 't', 'bad');
  stage.frames();
  stage.frame('ABORT', { transaction: 't', receipt: 'a' });
  assert.deepEqual(stage.seen(), ['RECEIPT a']);
});

test('a session has at most 16 open transactions', () => {
  const stage = begun(...Array.from({ length: 16 }, (_, i) => `t${i}`));
  stage.frame('BEGIN', { transaction: 'more' });
  assert.match(stage.seen().join(), /^MESSAGE e .*"too-many-transactions".*16/);
  stage.frame('ABORT', { transaction: 't0' });
  stage.frame('BEGIN', { transaction: 'more', receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

test('a transaction has at most 100 frames', () => {
  const stage = begun('t');
  for (let i = 0; i < 100; i++) send(stage, 't', `${i}`);
  assert.deepEqual(stage.seen(), []);
  send(stage, 't', 'one too many');
  stage.frame('COMMIT', { transaction: 't' });
  assert.match(stage.seen().join(), /"transaction-too-large".*100 frames.*"transaction-refused"/);
});

test('all transactions of a session together hold at most 262,144 bytes, and what ends gives its own back', () => {
  const stage = begun('a', 'b');
  const half = 'x'.repeat(32_768);
  for (let i = 0; i < 4; i++) for (const name of ['a', 'b']) send(stage, name, half);
  assert.deepEqual(stage.seen(), []);
  send(stage, 'b', 'x');
  assert.match(stage.seen().join(), /"transaction-too-large".*262144 bytes/);
  stage.frame('BEGIN', { transaction: 'c' });
  for (let i = 0; i < 4; i++) send(stage, 'c', half);
  assert.deepEqual(stage.seen(), []);
  stage.frame('COMMIT', { transaction: 'a' });
  stage.frame('ABORT', { transaction: 'c' });
  stage.frame('BEGIN', { transaction: 'd' });
  for (let i = 0; i < 8; i++) send(stage, 'd', half);
  assert.deepEqual(stage.seen(), []);
});

test('commits in flight count among the frames that wait for an answer', () => {
  const stage = begun();
  for (let i = 0; i < 70; i++) {
    stage.frame('BEGIN', { transaction: `t${i}` });
    stage.frame('COMMIT', { transaction: `t${i}` });
  }
  assert.equal(stage.destinations.batches.length, 64);
  assert.equal(stage.pipe.pauses, 1);
});
