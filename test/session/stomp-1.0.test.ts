import assert from 'node:assert/strict';
import test from 'node:test';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

// Where STOMP 1.0 binds a server in another way than the later versions do.

const clause = (section: string, run: () => void | Promise<void>): void => {
  test(`STOMP 1.0, ${section}`, run);
};
const NEWS = '/topic/news';

clause('the examples with a space after the colon are understood', async () => {
  const stage = new Stage();
  stage.receive('CONNECT\nlogin: ann\npasscode: secret\ncontent-length: 0\n\n^');
  assert.match(stage.bytes(), /^CONNECTED\nversion:1\.0\n(.*\n)*user-name:ann\n/);
  stage.receive('SUBSCRIBE\ndestination: /topic/news\nack: client\n\n^');
  stage.receive('SEND\ndestination: /app/a\ncontent-length: 3\nreceipt: message-1\n\na^b^');
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:message-1\n\n\0');
  assert.equal(stage.destinations.sent[0]?.body, 'a\0b');
});

clause('the examples with a space after the colon are understood in CONNECT, whatever the header', () => {
  const stage = new Stage({ isModerator: (token) => token === 'secret' });
  stage.receive('CONNECT\nlogin: ann\npasscode: secret\nheart-beat: 0,10000\n\n^');
  assert.match(stage.bytes(), /\nheart-beat:10000,20000\n(.*\n)*user-name:ann\nmoderator:true\n/);
});

clause('Augmented BNF: line feeds may follow the NUL of a frame', () => {
  const stage = new Stage();
  stage.receive('CONNECT\n\n^\n\nSEND\ndestination:/app/a\n\n1^\n\n\nSEND\ndestination:/app/a\n\n2^\n');
  assert.deepEqual(
    stage.destinations.sent.map(({ body }) => body),
    ['1', '2'],
  );
});

clause('Augmented BNF: lines end in LF alone', () => {
  for (const [frame, code] of [
    ['SEND\r\ndestination:/app/a\n\nx^', 'unexpected-frame'],
    ['SEND\ndestination:/app/a\n\r\nx^', 'invalid-frame'],
  ] as const) {
    const stage = new Stage().connect('1.0');
    stage.receive(frame);
    assert.equal(stage.pipe.end, code);
    assert.deepEqual(stage.destinations.sent, []);
  }
});

clause('SEND: without a content-length the first NUL ends it', () => {
  const stage = new Stage().connect('1.0');
  stage.receive('SEND\ndestination:/app/a\n\none^SEND\ndestination:/app/a\n\ntwo^');
  assert.deepEqual(
    stage.destinations.sent.map(({ body }) => body),
    ['one', 'two'],
  );
});

clause('CONNECTED: has a session, and no heart-beats where the client knows none', () => {
  const stage = new Stage();
  stage.receive('CONNECT\n\n^');
  const [connected] = stage.frames();
  assert.ok(connected);
  assert.match(headerOf(connected, 'session') ?? '', /./);
  assert.equal(headerOf(connected, 'heart-beat'), '0,0');
});

clause('headers know no escapes', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { id: 'a\\nb:c\\t', destination: NEWS, receipt: '\\n:' });
  assert.deepEqual([...stage.session.subscriptions.keys()], ['a\\nb:c\\t']);
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:\\n:\n\n\0');
});

clause('SUBSCRIBE: without an id the destination stands for it, and its body is ignored', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { destination: NEWS }, 'a body');
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['MESSAGE /topic/news "x"']);
});

clause('UNSUBSCRIBE: by destination or by id', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { destination: NEWS });
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  stage.frame('UNSUBSCRIBE', { destination: NEWS, receipt: '1' });
  stage.frame('UNSUBSCRIBE', { id: 's', receipt: '2' });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'RECEIPT 2']);
});

clause('UNSUBSCRIBE: by destination, also what was subscribed to with an id', () => {
  const stage = new Stage().connect('1.0');
  for (const id of ['a', 'b']) stage.frame('SUBSCRIBE', { id, destination: NEWS });
  stage.frame('SUBSCRIBE', { id: 'c', destination: '/topic/alias' });
  stage.frame('UNSUBSCRIBE', { destination: NEWS, receipt: '1' });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'MESSAGE c "x"']);
  stage.frame('UNSUBSCRIBE', { id: NEWS });
  assert.equal(stage.pipe.end, 'unknown-subscription');
});

clause('BEGIN, COMMIT, ABORT: transactions are those of the later versions', async () => {
  const stage = new Stage().connect('1.0');
  for (const transaction of ['t', 'u']) stage.frame('BEGIN', { transaction });
  for (const transaction of ['t', 'u']) stage.frame('SEND', { destination: '/app/a', transaction }, transaction);
  stage.frame('ABORT', { transaction: 't' });
  stage.frame('COMMIT', { transaction: 'u', receipt: 'r' });
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.deepEqual(
    stage.destinations.batches.map(({ sends }) => sends),
    [['/app/a u']],
  );
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

clause('ACK: message-id is required', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('ACK', { subscription: 's' });
  assert.equal(stage.pipe.end, 'missing-header');
});

clause('ACK: in client mode it lets the next messages come, and a NACK, which 1.0 does not know, does too', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { destination: NEWS, ack: 'client', 'prefetch-count': '1' });
  for (const text of ['a', 'b', 'c', 'd']) stage.destinations.news.append(text);
  for (const command of ['ACK', 'NACK']) {
    const [message] = stage.frames();
    assert.ok(message);
    stage.frame(command, { 'message-id': headerOf(message, 'message-id') ?? '' });
  }
  assert.deepEqual(stage.seen(), ['MESSAGE /topic/news "c"']);
});

clause('MESSAGE: destination, message-id and content-length, and the subscription where it has an id', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  stage.destinations.news.append('é');
  const [message] = stage.frames();
  assert.ok(message);
  const names = ['subscription', 'message-id', 'destination', 'content-length'];
  assert.deepEqual(
    names.map((name) => headerOf(message, name)),
    ['s', 'm:0', NEWS, '4'],
  );
});

clause('ERROR: a message header and a content-length', () => {
  const stage = new Stage().connect('1.0');
  stage.frame('SEND', {}, 'x');
  const [error] = stage.frames();
  assert.ok(error);
  assert.match(headerOf(error, 'message') ?? '', /destination/);
  assert.equal(headerOf(error, 'content-length'), String(error.body.length));
});
