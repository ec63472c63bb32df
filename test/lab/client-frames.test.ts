import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { ClientFrames, type SeenFrame } from '../../server/lab/client-frames.ts';
import { starred, withoutSecrets } from '../../server/lab/secrets.ts';
import { frame, PING } from '../support/raw-websocket.ts';

function seen(...chunks: Buffer[]): SeenFrame[] {
  const frames: SeenFrame[] = [];
  const parser = new ClientFrames((each) => frames.push(each));
  for (const chunk of chunks) parser.push(chunk);
  return frames;
}

const CONNECT = 'CONNECT\naccept-version:1.2\npasscode:hunter2\nAuthorization:Bearer abc\n\n\0';

function textOf({ bytes }: SeenFrame): string {
  const key = bytes.subarray(2, 6);
  return Buffer.from(bytes.subarray(6).map((byte, at) => byte ^ (key[at % 4] ?? 0))).toString();
}

test('frames are found however they are cut, and each is as long as it was', () => {
  const both = Buffer.concat([frame({ payload: 'one' }), frame({ opcode: PING, payload: 'two' })]);
  for (let cut = 1; cut < both.length; cut++) {
    const frames = seen(both.subarray(0, cut), both.subarray(cut));
    assert.deepEqual(Buffer.concat(frames.map(({ bytes }) => bytes)), both);
  }
});

test('a passcode is as many asterisks, under the same masking key', () => {
  const [only] = seen(frame({ payload: CONNECT }));
  assert.ok(only !== undefined);
  assert.equal(textOf(only), CONNECT.replace('hunter2', '*******').replace('Bearer abc', '**********'));
  assert.equal(only.length, frame({ payload: CONNECT }).length);
});

test('what cannot be told apart is zeros: pieces of messages, compressed secrets, broken compression', () => {
  const deflated = (text: string): Buffer => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
  const hidden = seen(
    frame({ fin: false, payload: 'CONNECT\npass' }),
    frame({ opcode: 0, payload: 'code:x\n\n\0' }),
    frame({ reserved: 0b100, payload: deflated(CONNECT) }),
    frame({ reserved: 0b100, payload: 'not deflate' }),
  );
  for (const each of hidden) assert.ok(each.hidden && each.bytes.subarray(6).every((byte) => byte === 0));
  const [plain] = seen(frame({ reserved: 0b100, payload: deflated('SEND\n\nhello\0') }));
  assert.equal(plain?.hidden, false);
});

test('of a long frame there is the head, and what follows it is found', () => {
  const long = frame({ payload: Buffer.alloc(70_000, 0x61) });
  const [first, second] = seen(long.subarray(0, 1_000), long.subarray(1_000), frame({ payload: 'next' }));
  assert.deepEqual([first?.length, first?.bytes.length], [long.length, 14]);
  assert.equal(second && textOf(second), 'next');
});

test('secrets in the strings of SockJS are found too, with escapes in them', () => {
  const text = JSON.stringify(['CONNECT\npasscode:a\\nb"c\nlogin:Ann\n\n\0']);
  const safe = starred(Buffer.from(text)).toString();
  assert.equal(safe.length, text.length);
  assert.ok(!safe.includes('b\\"c') && safe.includes('login:Ann'));
});

test('a head is shown without cookies, Authorization and tokens in its target', () => {
  const head =
    'GET /ws?access_token=abc&lab=def&x=1 HTTP/1.1\r\nCookie: a=b\r\nauthorization: Bearer x\r\nHost: h\r\n\r\n';
  assert.equal(
    withoutSecrets(head),
    'GET /ws?access_token=(hidden)&lab=(hidden)&x=1 HTTP/1.1\r\nCookie: (hidden)\r\nauthorization: (hidden)\r\nHost: h\r\n\r\n',
  );
});
