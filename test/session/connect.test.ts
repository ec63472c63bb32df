import assert from 'node:assert/strict';
import test from 'node:test';
import { headerOf } from '../../server/protocol/stomp/frame.ts';
import { Stage } from './stage.ts';

test('CONNECTED tells version, session, server, heart-beats and epoch', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.0,1.1,1.2', host: 'example.org' });
  assert.equal(
    stage.bytes(),
    'CONNECTED\nversion:1.2\nsession:1-800000\nserver:towncrier/9.8.7\nheart-beat:10000,20000\nepoch:epoch-1\n\n\0',
  );
});

test('STOMP is another name of CONNECT', () => {
  const stage = new Stage();
  stage.frame('STOMP', { 'accept-version': '1.1' });
  assert.match(stage.bytes(), /^CONNECTED\nversion:1\.1\n/);
});

test('a client without accept-version speaks 1.0 and is not told of heart-beats', () => {
  const stage = new Stage();
  stage.frame('CONNECT');
  assert.match(stage.bytes(), /^CONNECTED\nversion:1\.0\n(.*\n)*heart-beat:0,0\n/);
});

test('a client of 1.0 that knows heart-beats gets them', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'heart-beat': '0,10000' });
  assert.match(stage.bytes(), /\nheart-beat:10000,20000\n/);
});

test('without a common version there is an ERROR that lists ours, and the end', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '2.0' });
  const [error] = stage.frames();
  assert.ok(error);
  assert.equal(error.command, 'ERROR');
  assert.equal(headerOf(error, 'version'), '1.0,1.1,1.2');
  assert.equal(headerOf(error, 'code'), 'unsupported-version');
  assert.equal(stage.pipe.end, 'unsupported-version');
});

test('the name is the login header, exactly as it came', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', login: ' Zoë: \\n ' });
  assert.match(stage.bytes(), /\nuser-name: Zoë: \\n \n/);
  assert.deepEqual(stage.destinations.present, [
    { session: '1-800000', name: ' Zoë: \\n ', fallback: 'guest-800000', address: '192.0.2.1' },
  ]);
});

test('in 1.0 the space after the colon is not part of the name', () => {
  const stage = new Stage();
  stage.receive('CONNECT\nlogin: bob\n\n^');
  assert.equal(stage.destinations.present[0]?.name, 'bob');
});

test('without a login there is no name, but one to fall back on', () => {
  const stage = new Stage().connect();
  assert.deepEqual(stage.destinations.present, [
    { session: '1-800000', name: undefined, fallback: 'guest-800000', address: '192.0.2.1' },
  ]);
});

test('a login that is empty, above 100 characters or has control characters is refused', () => {
  for (const login of ['', '   ', 'x'.repeat(101), '😀'.repeat(101), 'a\tb', 'a\u2028b']) {
    const stage = new Stage();
    stage.frame('CONNECT', { 'accept-version': '1.2', login });
    const [error] = stage.frames();
    assert.equal(error?.command, 'ERROR');
    assert.equal(headerOf(error, 'code'), 'invalid-message');
    assert.match(headerOf(error, 'message') ?? '', /login/);
    assert.equal(stage.pipe.end, 'invalid-message');
    assert.deepEqual(stage.destinations.present, []);
  }
});

test('a login of 100 characters is taken, whatever their bytes', () => {
  const stage = new Stage().connect('1.2', { login: '😀'.repeat(100) });
  assert.equal(stage.destinations.present[0]?.name, '😀'.repeat(100));
});

test('a heart-beat header that is not two numbers is refused', () => {
  const stage = new Stage();
  stage.frame('CONNECT', { 'accept-version': '1.2', 'heart-beat': 'often' });
  assert.match(stage.seen().join(), /^ERROR invalid-parameter .*heart-beat/);
  assert.equal(stage.pipe.end, 'invalid-parameter');
});

test('a second CONNECT is an ERROR', () => {
  const stage = new Stage().connect();
  stage.frame('CONNECT', { 'accept-version': '1.2' });
  assert.match(stage.seen().join(), /^ERROR unexpected-frame/);
  assert.equal(stage.pipe.end, 'unexpected-frame');
});

for (const command of ['SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT', 'DISCONNECT']) {
  test(`${command} before CONNECT is an ERROR`, () => {
    const stage = new Stage();
    stage.frame(command, { destination: '/app/x', id: '1', transaction: 't' });
    assert.match(stage.seen().join(), /^ERROR unexpected-frame .*before CONNECT/);
    assert.equal(stage.pipe.end, 'unexpected-frame');
    assert.deepEqual(stage.destinations.sent, []);
  });
}

test('frames behind CONNECT in the same chunk are read in the version agreed on', () => {
  const stage = new Stage();
  stage.receive('CONNECT\naccept-version:1.2\n\n^SEND\ndestination:/app/a\\cb\n\nhi^');
  assert.deepEqual(
    stage.destinations.sent.map((sent) => sent.destination),
    ['/app/a:b'],
  );
});

test('a connection that does not CONNECT within 10 s is closed', () => {
  const stage = new Stage();
  stage.clock.advance(9_500);
  stage.receive('\n');
  assert.equal(stage.pipe.end, undefined);
  stage.clock.advance(1_000);
  assert.match(stage.seen().join(), /^ERROR timeout .*CONNECT/);
  assert.equal(stage.pipe.end, 'timeout');
});
