import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { type Frame, headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage, settle } from './stage.ts';

// Every section of the STOMP 1.2 specification that binds a server; acknowledge.test.ts has ACK and NACK, and
// transaction.test.ts has BEGIN, COMMIT and ABORT.

const clause = (section: string, run: () => void | Promise<void>): void => {
  test(`STOMP 1.2, ${section}`, run);
};
const ERRORS = '/user/queue/errors';
const NEWS = '/topic/news';

/** The one frame that came. */
function only(stage: Stage): Frame {
  const [frame, ...more] = stage.frames();
  assert.ok(frame);
  assert.deepEqual(more, []);
  return frame;
}

function assertError(stage: Stage, code: string): Frame {
  const error = only(stage);
  assert.equal(error.command, 'ERROR');
  assert.equal(headerOf(error, 'code'), code);
  assert.equal(stage.pipe.end, code);
  return error;
}

clause('STOMP Frames: lines end in LF or CR LF', () => {
  const stage = new Stage();
  stage.receive('CONNECT\r\naccept-version:1.2\r\n\r\n^SEND\r\ndestination:/app/a\n\r\nx^');
  assert.equal(stage.destinations.sent[0]?.destination, '/app/a');
});

clause('STOMP Frames: line ends may follow the NUL of a frame', () => {
  const stage = new Stage().connect();
  stage.receive('\n\r\nSEND\ndestination:/app/a\n\n1^\n\r\n\nSEND\ndestination:/app/a\n\n2^\n');
  assert.deepEqual(
    stage.destinations.sent.map(({ body }) => body),
    ['1', '2'],
  );
});

clause('STOMP Frames: commands and header names are case sensitive', () => {
  const lower = new Stage().connect();
  lower.frame('send', { destination: '/app/a' });
  assertError(lower, 'unexpected-frame');
  const upper = new Stage().connect();
  upper.frame('SEND', { Destination: '/app/a' });
  assertError(upper, 'missing-header');
});

clause('Value Encoding: headers are UTF-8, escaped and unescaped in both directions', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'é\\c\\n\\r\\\\', destination: NEWS, receipt: '\\r\\n\\c\\\\' });
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id:\\r\\n\\c\\\\\n\n\0');
  assert.deepEqual([...stage.session.subscriptions.keys()], ['é:\n\r\\']);
});

clause('Value Encoding: CONNECT and CONNECTED are not escaped', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', login: 'a:b\\n\\t' });
  assert.match(stage.bytes(), /\nuser-name:a:b\\n\\t\n/);
});

for (const sequence of ['\\t', '\\C', '\\ ', '\\']) {
  clause(`Value Encoding: ${sequence} is a fatal protocol error, error queue or not`, () => {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
    stage.frame('SEND', { destination: '/app/a', x: `a${sequence}` });
    assertError(stage, 'invalid-frame');
    assert.deepEqual(stage.destinations.sent, []);
  });
}

clause('Value Encoding: headers are never trimmed or padded', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: ' 1 ', destination: NEWS, receipt: ' r ' });
  assert.equal(stage.bytes(), 'RECEIPT\nreceipt-id: r \n\n\0');
  stage.frame('SEND', { destination: ' /app/a' });
  assertError(stage, 'not-writable');
});

clause('Body: of a frame that must not have one it is not looked at', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, receipt: 'r' }, 'a body');
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

clause('Header content-length: that many octets are read, whether or not there are NULs in the body', () => {
  const stage = new Stage().connect();
  stage.receive('SEND\ndestination:/app/a\ncontent-length:5\n\na^b^c^SEND\ndestination:/app/a\n\nx^');
  assert.deepEqual(
    stage.destinations.sent.map(({ body }) => body),
    ['a\0b\0c', 'x'],
  );
});

clause('Header content-length: every frame may have one, and it counts where the body is not looked at', () => {
  const stage = new Stage().connect();
  stage.receive('SUBSCRIBE\nid:s\ndestination:/topic/news\ncontent-length:3\nreceipt:1\n\na^b^');
  stage.receive('UNSUBSCRIBE\nid:s\ncontent-length:0\nreceipt:2\n\n^DISCONNECT\ncontent-length:0\nreceipt:3\n\n^');
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'RECEIPT 2', 'RECEIPT 3']);
});

clause('Header content-length: a body that does not end there is an ERROR', () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/a', 'content-length': '1' }, 'ab');
  assertError(stage, 'invalid-frame');
});

clause('Header content-length and content-type: MESSAGE and ERROR have both, in octets and as a MIME type', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  stage.destinations.news.append('é😀');
  const message = only(stage);
  assert.equal(headerOf(message, 'content-length'), '8');
  assert.equal(headerOf(message, 'content-type'), 'application/json');
  stage.frame('UNSUBSCRIBE', { id: 'é' });
  const error = assertError(stage, 'unknown-subscription');
  assert.equal(headerOf(error, 'content-length'), String(error.body.length));
  assert.equal(headerOf(error, 'content-type'), 'text/plain');
});

clause('Header receipt: every client frame but CONNECT may ask for one', async () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ack: 'client', receipt: '1' });
  stage.destinations.news.append('x');
  stage.frames();
  stage.frame('ACK', { id: '0@s', receipt: '2' });
  stage.frame('NACK', { id: '0@s', receipt: '3' });
  stage.frame('UNSUBSCRIBE', { id: 's', receipt: '4' });
  stage.frame('BEGIN', { transaction: 't', receipt: '5' });
  stage.frame('ABORT', { transaction: 't', receipt: '6' });
  stage.frame('BEGIN', { transaction: 't', receipt: '7' });
  stage.frame('COMMIT', { transaction: 't', receipt: '8' });
  stage.frame('SEND', { destination: '/app/a', receipt: '9' });
  stage.frame('DISCONNECT', { receipt: '10' });
  stage.destinations.batches[0]?.accept();
  await settle();
  stage.destinations.sent[0]?.accept();
  await settle();
  const expected = ['2', '3', '4', '5', '6', '7', '8', '9', '10'].map((id) => `RECEIPT ${id}`);
  assert.deepEqual(stage.seen(), expected);
});

clause('Header receipt: CONNECT is answered by CONNECTED alone', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', receipt: 'r' });
  assert.deepEqual(
    stage.frames().map(({ command }) => command),
    ['CONNECTED'],
  );
});

clause('Repeated Header Entries: the first one counts', () => {
  const stage = new Stage().connect();
  stage.receive('SEND\ndestination:/app/first\ndestination:/app/second\n\nx^');
  assert.equal(stage.destinations.sent[0]?.destination, '/app/first');
});

clause('Repeated Header Entries: in CONNECT, too', () => {
  const stage = new Stage();
  stage.receive('CONNECT\naccept-version:1.1\naccept-version:1.2\nlogin:ann\nlogin:bob\n\n^');
  assert.match(stage.bytes(), /^CONNECTED\nversion:1\.1\n(.*\n)*user-name:ann\n/);
});

clause('Size Limits: too many headers, too long a header and too large a body are an ERROR, and the end', () => {
  for (const frame of [
    `SEND\n${'x:y\n'.repeat(101)}\n^`,
    `SEND\nx:${'y'.repeat(70_000)}\n\n^`,
    `SEND\ndestination:/app/a\n\n${'x'.repeat(70_000)}^`,
    'SEND\ndestination:/app/a\ncontent-length:70000\n\n',
  ]) {
    const stage = new Stage().connect();
    stage.receive(frame);
    assertError(stage, 'too-large');
  }
});

clause('Connection Lingering: clients may connect and disconnect rapidly, and leave nothing behind', () => {
  const stage = new Stage();
  const timers = stage.clock.pending;
  for (let i = 0; i < 200; i++) {
    const session = stage.sessions.open(stage.pipe);
    session.receive(Buffer.from('CONNECT\naccept-version:1.2\nheart-beat:1000,1000\n\n\0'));
    session.ended();
  }
  stage.session.ended();
  assert.deepEqual([stage.hub.clients, stage.destinations.present, stage.clock.pending], [0, [], timers]);
});

clause('Connecting: CONNECT comes first, and once', () => {
  for (const command of ['SEND', 'SUBSCRIBE', 'DISCONNECT']) {
    const stage = new Stage();
    stage.frame(command, { id: 's', destination: NEWS });
    assertError(stage, 'unexpected-frame');
  }
  for (const command of ['CONNECT', 'STOMP']) {
    const stage = new Stage().connect();
    stage.frame(command, { 'accept-version': '1.2' });
    assertError(stage, 'unexpected-frame');
  }
});

clause('Connecting: whoever is rejected gets an ERROR that says why, and the end', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', login: '' });
  assert.match(headerOf(assertError(stage, 'invalid-message'), 'message') ?? '', /login/);
});

clause('CONNECT or STOMP Frame: both are handled in the same manner', () => {
  const answers = ['CONNECT', 'STOMP'].map((command) => {
    const stage = new Stage();
    stage.frame(command, { 'accept-version': '1.2', host: 'x', login: 'ann', 'heart-beat': '1,1' });
    return stage.bytes();
  });
  assert.match(answers[0] ?? '', /^CONNECTED\n/);
  assert.equal(answers[0], answers[1]);
});

clause('CONNECT or STOMP Frame: whatever host is named, it is this one', () => {
  for (const headers of [{}, { host: 'example.org' }, { host: '/' }]) {
    const stage = new Stage();
    stage.frame('CONNECT', { 'accept-version': '1.2', ...headers });
    assert.match(stage.bytes(), /^CONNECTED\n/);
  }
});

clause('CONNECTED Frame: version, and a session, heart-beat and server as the specification wants them', () => {
  const sessions = [0, 1].map(() => {
    const stage = new Stage();
    stage.frame('CONNECT', { 'accept-version': '1.2' });
    const connected = only(stage);
    assert.equal(headerOf(connected, 'version'), '1.2');
    assert.match(headerOf(connected, 'heart-beat') ?? '', /^\d+,\d+$/);
    assert.match(headerOf(connected, 'server') ?? '', /^[a-z]+\/[\d.]+$/);
    return headerOf(connected, 'session');
  });
  assert.match(sessions[0] ?? '', /./);
});

clause('CONNECTED Frame: the session identifier is unique', () => {
  const stage = new Stage();
  const ids = Array.from({ length: 1_000 }, () => stage.sessions.newId());
  assert.equal(new Set(ids).size, 1_000);
});

clause('Protocol Negotiation: the highest version that both speak', () => {
  for (const [offered, agreed] of [
    ['1.0,1.1,1.2', '1.2'],
    ['1.0,1.1,2.0', '1.1'],
    ['1.0', '1.0'],
    ['2.0,1.2', '1.2'],
  ] as const) {
    const stage = new Stage();
    stage.frame('CONNECT', { 'accept-version': offered });
    assert.equal(headerOf(only(stage), 'version'), agreed);
  }
});

clause('Protocol Negotiation: without accept-version the client speaks 1.0', () => {
  const stage = new Stage();
  stage.frame('CONNECT');
  assert.equal(headerOf(only(stage), 'version'), '1.0');
});

clause('Protocol Negotiation: without a common version there is an ERROR with ours, and the end', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '2.1,3.0' });
  const error = assertError(stage, 'unsupported-version');
  assert.equal(headerOf(error, 'version'), '1.0,1.1,1.2');
  assert.equal(headerOf(error, 'content-type'), 'text/plain');
  assert.match(Buffer.from(error.body).toString(), /1\.0, 1\.1, 1\.2/);
});

clause('Heart-beating: a missing header is 0,0', () => {
  const stage = new Stage().connect();
  stage.clock.advance(86_400_000);
  assert.deepEqual([stage.bytes(), stage.pipe.end], ['', undefined]);
});

clause('Heart-beating: a 0 means none in its direction', () => {
  for (const [header, beats, end] of [
    ['0,10000', true, undefined],
    ['20000,0', false, 'timeout'],
  ] as const) {
    const stage = new Stage().connect('1.2', { 'heart-beat': header });
    stage.clock.advance(70_000);
    assert.equal(stage.bytes().startsWith('\n'), beats);
    stage.clock.advance(3_600_000);
    assert.equal(stage.pipe.end, end);
  }
});

clause('Heart-beating: the server sends an EOL at least every MAX(sx, cy) ms', () => {
  for (const [wanted, most] of [
    [1, 10_000],
    [10_000, 10_000],
    [30_000, 30_000],
  ] as const) {
    const stage = new Stage().connect('1.2', { 'heart-beat': `0,${wanted}` });
    for (let i = 0; i < 10; i++) {
      stage.clock.advance(most);
      assert.match(stage.bytes(), /^\n+$/);
    }
  }
});

clause('Heart-beating: any data of the client says that it lives, and there is an error margin', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '20000,0' });
  for (let i = 0; i < 10; i++) {
    stage.clock.advance(60_000);
    stage.receive(i % 2 === 0 ? '\n' : '\r\n');
  }
  assert.equal(stage.pipe.end, undefined);
  stage.clock.advance(80_000);
  assert.equal(stage.pipe.end, 'timeout');
});

clause('Heart-beating: the header is two integers', () => {
  for (const value of ['', '1', '-1,0', '1.5,0', '1,2,3', 'x,y']) {
    const stage = new Stage();
    stage.frame('CONNECT', { 'accept-version': '1.2', 'heart-beat': value });
    assertError(stage, 'invalid-parameter');
  }
});

clause('Client Frames: another frame is an ERROR, also one of a server', () => {
  for (const command of ['MESSAGE', 'CONNECTED', 'RECEIPT', 'ERROR', 'HELLO', '']) {
    const stage = new Stage().connect();
    stage.receive(`${command} \nid:1\n\n^`);
    assertError(stage, 'unexpected-frame');
  }
});

clause('SEND: destination is required', () => {
  const stage = new Stage().connect();
  stage.frame('SEND', {}, 'x');
  assertError(stage, 'missing-header');
});

clause('SEND: user-defined headers are taken and not kept: a message is what its body says', async () => {
  const stage = new Stage().connect();
  stage.frame('SEND', { destination: '/app/a', priority: '9', 'content-type': 'text/plain', receipt: 'r' }, 'x');
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
});

clause(
  'SEND: what cannot be processed is an ERROR and the end, unless the session asked to be told otherwise',
  async () => {
    for (const listens of [false, true]) {
      const stage = new Stage().connect();
      if (listens) stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
      stage.frame('SEND', { destination: '/app/a', receipt: 'r' }, 'x');
      stage.destinations.sent[0]?.reject(new Refusal('store-down'));
      await settle();
      assert.match(stage.seen().join(), listens ? /^MESSAGE e .*"receipt":"r"/ : /^ERROR r /);
      assert.equal(stage.pipe.end, listens ? undefined : 'store-down');
    }
  },
);

clause('SUBSCRIBE: destination and id are required', () => {
  for (const headers of [{ id: 's' }, { destination: NEWS }] as Record<string, string>[]) {
    const stage = new Stage().connect();
    stage.frame('SUBSCRIBE', headers);
    assertError(stage, 'missing-header');
  }
});

clause(
  'SUBSCRIBE: one that cannot be created is an ERROR and the end, unless the session asked to be told otherwise',
  () => {
    for (const listens of [false, true]) {
      const stage = new Stage().connect();
      if (listens) stage.frame('SUBSCRIBE', { id: 'e', destination: ERRORS });
      stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/nowhere', receipt: 'r' });
      assert.match(stage.seen().join(), listens ? /^MESSAGE e .*"receipt":"r"/ : /^ERROR r /);
      assert.equal(stage.pipe.end, listens ? undefined : 'unknown-destination');
    }
  },
);

clause('SUBSCRIBE id Header: different subscriptions have different ids, in each connection for itself', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  stage.frame('SUBSCRIBE', { id: 't', destination: NEWS });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen().sort(), ['MESSAGE s "x"', 'MESSAGE t "x"']);
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  assertError(stage, 'duplicate-subscription');
});

clause('UNSUBSCRIBE: id is required, matches a subscription, and nothing more comes for it', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  stage.frame('UNSUBSCRIBE', { id: 's' });
  stage.destinations.news.append('x');
  assert.deepEqual(stage.seen(), []);
  stage.frame('UNSUBSCRIBE', { id: 's' });
  assertError(stage, 'unknown-subscription');
  const without = new Stage().connect();
  without.frame('UNSUBSCRIBE', { destination: NEWS });
  assertError(without, 'missing-header');
});

clause('DISCONNECT: its RECEIPT comes after everything before it, and what follows is not read', async () => {
  const stage = new Stage().connect();
  stage.receive('SEND\ndestination:/app/a\nreceipt:1\n\nx^DISCONNECT\nreceipt:77\n\n^SEND\ndestination:/app/a\n\ny^');
  stage.destinations.sent[0]?.accept();
  await settle();
  assert.deepEqual(stage.seen(), ['RECEIPT 1', 'RECEIPT 77']);
  assert.equal(stage.pipe.end, 'finished');
  assert.equal(stage.destinations.sent.length, 1);
});

clause('MESSAGE: destination, message-id and subscription, and each message-id once in a destination', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS });
  for (const text of ['a', 'b', 'c']) stage.destinations.news.append(text);
  const frames = stage.frames();
  for (const frame of frames) {
    assert.equal(headerOf(frame, 'destination'), NEWS);
    assert.equal(headerOf(frame, 'subscription'), 's');
  }
  assert.equal(new Set(frames.map((frame) => headerOf(frame, 'message-id'))).size, 3);
});

clause('MESSAGE: on the error queue, too', () => {
  const stage = new Stage().connect();
  stage.frame('SUBSCRIBE', { id: 'e:1'.replace(':', '\\c'), destination: ERRORS });
  stage.frame('SEND', { destination: NEWS });
  stage.frame('SEND', { destination: NEWS });
  const frames = stage.frames();
  assert.equal(new Set(frames.map((frame) => headerOf(frame, 'message-id'))).size, 2);
  for (const frame of frames) {
    assert.equal(headerOf(frame, 'destination'), ERRORS);
    assert.equal(headerOf(frame, 'subscription'), 'e:1');
    assert.equal(headerOf(frame, 'content-length'), String(frame.body.length));
  }
});

clause('RECEIPT: frames that were received go on being processed when the client is gone', async () => {
  const stage = new Stage().connect();
  stage.receive('SEND\ndestination:/app/a\n\nx^BEGIN\ntransaction:t\n\n^COMMIT\ntransaction:t\n\n^');
  stage.session.ended();
  stage.destinations.sent[0]?.accept();
  stage.destinations.batches[0]?.accept();
  await settle();
  assert.deepEqual([stage.destinations.sent.length, stage.destinations.batches.length], [1, 1]);
});

clause('ERROR: a message header, the receipt-id of the frame, and the end just after it', () => {
  const stage = new Stage().connect();
  stage.receive('UNSUBSCRIBE\nid:x\nreceipt:r\n\n^SEND\ndestination:/app/a\nreceipt:q\n\nx^');
  const error = assertError(stage, 'unknown-subscription');
  assert.match(headerOf(error, 'message') ?? '', /no subscription/);
  assert.equal(headerOf(error, 'receipt-id'), 'r');
  assert.deepEqual(stage.destinations.sent, []);
});

clause('Frames and Headers: headers that nobody knows are ignored', () => {
  const stage = new Stage();
  const more = { 'x-unknown': '1', 'client-id': 'c' };
  stage.frame('CONNECT', { 'accept-version': '1.2', ...more });
  stage.frames();
  stage.frame('SUBSCRIBE', { id: 's', destination: NEWS, ...more });
  stage.frame('BEGIN', { transaction: 't', ...more });
  stage.frame('ABORT', { transaction: 't', ...more });
  stage.frame('UNSUBSCRIBE', { id: 's', ...more });
  stage.frame('SEND', { destination: '/app/a', ...more });
  stage.frame('DISCONNECT', { ...more, receipt: 'r' });
  stage.destinations.sent[0]?.accept();
  assert.equal(stage.pipe.end, undefined);
});

clause('Augmented BNF: a header has a name and a colon', () => {
  for (const line of ['nocolon', ':noname', '']) {
    const stage = new Stage().connect();
    stage.receive(`SEND\n${line}^\n\n^`);
    if (line === '') assert.equal(stage.frames()[0]?.command, 'ERROR');
    else assertError(stage, 'invalid-frame');
  }
});
