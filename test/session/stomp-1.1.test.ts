import assert from 'node:assert/strict';
import test from 'node:test';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage } from './stage.ts';

// Where STOMP 1.1 binds a server in another way than 1.2 does.

const clause = (section: string, run: () => void): void => {
  test(`STOMP 1.1, ${section}`, run);
};
const NEWS = '/topic/news';

clause('STOMP Frames: lines end in LF alone, so a CR belongs to its header', () => {
  const stage = new Stage().connect('1.1');
  stage.receive('SUBSCRIBE\nid:s\r\ndestination:/topic/news\n\n^');
  assert.deepEqual([...stage.session.subscriptions.keys()], ['s\r']);
});

clause('STOMP Frames: line feeds may follow the NUL of a frame, and a CR may not', () => {
  const stage = new Stage().connect('1.1');
  stage.receive('\n\nSEND\ndestination:/app/a\n\n1^\n\n\nSEND\ndestination:/app/a\n\n2^\n');
  assert.equal(stage.destinations.sent.length, 2);
  stage.receive('\r\nSEND\ndestination:/app/a\n\n3^');
  assert.equal(stage.pipe.end, 'invalid-frame');
  assert.equal(stage.destinations.sent.length, 2);
});

clause('Value Encoding: CONNECT and CONNECTED are not escaped', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.1', login: 'a:b\\n\\t' });
  assert.match(stage.bytes(), /\nuser-name:a:b\\n\\t\n/);
});

clause('Value Encoding: \\n, \\c and \\\\ are undone and made', () => {
  const stage = new Stage().connect('1.1');
  stage.frame('SUBSCRIBE', { id: '\\n\\c\\\\', destination: NEWS, receipt: '\\\\n\\c' });
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:\\\\n\\c\n\n\0');
  assert.deepEqual([...stage.session.subscriptions.keys()], ['\n:\\']);
});

for (const sequence of ['\\r', '\\t']) {
  clause(`Value Encoding: ${sequence} is a fatal protocol error`, () => {
    const stage = new Stage().connect('1.1');
    stage.frame('SUBSCRIBE', { id: 'e', destination: '/user/queue/errors' });
    stage.frame('SEND', { destination: '/app/a', x: sequence });
    assert.equal(stage.pipe.end, 'invalid-frame');
  });
}

clause('Value Encoding: headers are never trimmed', () => {
  const stage = new Stage().connect('1.1');
  stage.frame('SUBSCRIBE', { id: ' s ', destination: NEWS });
  assert.deepEqual([...stage.session.subscriptions.keys()], [' s ']);
});

clause('Repeated Header Entries: the first one counts', () => {
  const stage = new Stage().connect('1.1');
  stage.receive('SUBSCRIBE\nid:first\nid:second\ndestination:/topic/news\n\n^');
  assert.deepEqual([...stage.session.subscriptions.keys()], ['first']);
});

clause('CONNECT or STOMP Frame, Protocol Negotiation: STOMP connects, and CONNECTED says 1.1', () => {
  const stage = new Stage();
  stage.frame('STOMP', { 'accept-version': '1.0,1.1', host: 'x' });
  assert.match(stage.bytes(), /^CONNECTED\nversion:1\.1\n/);
});

clause('Protocol Negotiation: without a common version there is an ERROR with ours', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '2.1' });
  assert.match(stage.bytes(), /^ERROR\n(.*\n)*content-type:text\/plain\n(.*\n)*version:1\.0,1\.1,1\.2\n/);
  assert.equal(stage.pipe.end, 'unsupported-version');
});

clause('SUBSCRIBE and UNSUBSCRIBE: id is required', () => {
  for (const command of ['SUBSCRIBE', 'UNSUBSCRIBE']) {
    const stage = new Stage().connect('1.1');
    stage.frame(command, { destination: NEWS });
    assert.equal(stage.pipe.end, 'missing-header');
  }
});

clause('ACK and NACK: message-id and subscription are required', () => {
  for (const command of ['ACK', 'NACK']) {
    for (const headers of [{ subscription: 's' }, { 'message-id': 'm' }, { id: 'm' }] as Record<string, string>[]) {
      const stage = new Stage().connect('1.1');
      stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ack: 'client' });
      stage.frame(command, headers);
      assert.equal(stage.pipe.end, 'missing-header');
    }
  }
});

clause('ACK and NACK: message-id and subscription belong together', () => {
  for (const command of ['ACK', 'NACK']) {
    const stage = new Stage().connect('1.1');
    for (const id of ['s', 't'])
      stage.frame('SUBSCRIBE', { id, destination: NEWS, ack: 'client', 'prefetch-count': '1' });
    for (let i = 0; i < 2; i++) stage.destinations.news.append(`${i}`);
    const [message] = stage.frames();
    assert.ok(message);
    const other = headerOf(message, 'subscription') === 's' ? 't' : 's';
    const messageId = (headerOf(message, 'message-id') ?? '').replace(':', '\\c');
    stage.frame(command, { 'message-id': messageId, subscription: other });
    assert.equal(stage.pipe.end, 'unknown-message');
  }
});

clause('NACK: stands for all before it in client mode, and for one message in client-individual', () => {
  for (const [ack, sent] of [
    ['client', 2],
    ['client-individual', 1],
  ] as const) {
    const stage = new Stage().connect('1.1');
    stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ack, 'prefetch-count': '2' });
    for (let i = 0; i < 9; i++) stage.destinations.news.append(`${i}`);
    const second = stage.frames()[1];
    assert.ok(second);
    const messageId = (headerOf(second, 'message-id') ?? '').replace(':', '\\c');
    stage.frame('NACK', { 'message-id': messageId, subscription: 's' });
    assert.equal(stage.frames().length, sent);
  }
});

clause('MESSAGE: has no ack header, and a message-id that is unique in its subscription', () => {
  const stage = new Stage().connect('1.1');
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ack: 'client' });
  for (let i = 0; i < 9; i++) stage.destinations.news.append(`${i}`);
  const frames = stage.frames();
  assert.equal(new Set(frames.map((frame) => headerOf(frame, 'message-id'))).size, 9);
  assert.equal(
    frames.find((frame) => headerOf(frame, 'ack') !== undefined),
    undefined,
  );
});

clause('Heart-beating: works as in 1.2', () => {
  const stage = new Stage().connect('1.1', { 'heart-beat': '20000,10000' });
  stage.clock.advance(10_000);
  assert.equal(stage.bytes(), '\n');
  stage.clock.advance(80_000);
  assert.equal(stage.pipe.end, 'timeout');
});

clause('MESSAGE and RECEIPT: a carriage return, which has no escape, comes back as it is', () => {
  for (const version of ['1.0', '1.1'] as const) {
    const stage = new Stage().connect(version);
    stage.frame('SUBSCRIBE', { id: 'a\rb', destination: NEWS, receipt: 'c\rd' });
    assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:c\rd\n\n\0');
    stage.destinations.news.append('x');
    assert.deepEqual(stage.seen(), ['MESSAGE a\rb "x"']);
  }
});

clause('ERROR: is escaped as 1.1 does it', () => {
  const stage = new Stage().connect('1.1');
  stage.frame('UNSUBSCRIBE', { id: 'a\\cb\r', receipt: 'x\\cy' });
  assert.match(stage.bytes(), /^ERROR\nmessage:[^\n]*a\\cb\r[^\n]*\n(.*\n)*receipt-id:x\\cy\n/);
});
