import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE, frame, handshake } from '../support/raw-websocket.ts';
import { webSocketAnswers } from './websocket-answers.ts';

const CONNECT = frame({ payload: 'CONNECT\naccept-version:1.2\nhost:x\n\n\0' });
const close = (code: number, masked: boolean): Buffer =>
  frame({ opcode: CLOSE, masked, payload: Buffer.of(code >> 8, code & 0xff) });
const came = (code: number): Buffer => Buffer.concat([Buffer.from('HTTP/1.1 101 x\r\n\r\n'), close(code, false)]);
const sent = (...frames: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from(handshake({})), ...frames]);

test('the code of a client comes back to it', () => {
  assert.equal(webSocketAnswers(came(1001), sent(CONNECT, close(1001, true))), undefined);
  assert.equal(webSocketAnswers(came(4_000), sent(close(4_000, true))), undefined);
});

test('a code that neither server nor client may have said is found', () => {
  for (const wrong of [
    sent(CONNECT),
    sent(close(1001, false)),
    sent(close(1000, true), close(1011, true)),
    sent(close(1011, true).subarray(0, 7)),
  ])
    assert.throws(() => webSocketAnswers(came(1011), wrong), /closed with 1011/);
  assert.throws(() => webSocketAnswers(came(4_000), sent(CONNECT)), /closed with 4000/);
});

test('a refusal is named, whatever the client said', () => {
  assert.equal(webSocketAnswers(came(1002), sent(CONNECT)), 'close 1002');
});
