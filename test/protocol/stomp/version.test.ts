import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHeartBeat } from '../../../server/protocol/stomp/heart-beat.ts';
import { chooseSubprotocol, negotiateVersion } from '../../../server/protocol/stomp/version.ts';

test('the newest common version is agreed on, in whatever order they are offered', () => {
  assert.equal(negotiateVersion('1.0,1.1,1.2'), '1.2');
  assert.equal(negotiateVersion('1.2,1.0'), '1.2');
  assert.equal(negotiateVersion('1.1, 1.0, 2.0'), '1.1');
  assert.equal(negotiateVersion('1.0'), '1.0');
});

test('who offers nothing speaks 1.0', () => assert.equal(negotiateVersion(undefined), '1.0'));

test('there may be no common version', () => {
  assert.equal(negotiateVersion('2.0'), undefined);
  assert.equal(negotiateVersion(''), undefined);
});

test('the best subprotocol of those offered is chosen', () => {
  assert.equal(chooseSubprotocol(new Set(['v10.stomp', 'v12.stomp', 'v11.stomp'])), 'v12.stomp');
  assert.equal(chooseSubprotocol(new Set(['v10.stomp', 'v11.stomp'])), 'v11.stomp');
  assert.equal(chooseSubprotocol(new Set(['mqtt', 'v10.stomp'])), 'v10.stomp');
  assert.equal(chooseSubprotocol(new Set(['mqtt'])), undefined);
});

test('a heart-beat header is two numbers', () => {
  assert.deepEqual(parseHeartBeat('10000,0'), { promised: 10_000, wanted: 0 });
  assert.deepEqual(parseHeartBeat('0, 5'), { promised: 0, wanted: 5 });
  for (const wrong of ['', '1', '1,2,3', '-1,0', 'a,b', '1.5,0']) assert.equal(parseHeartBeat(wrong), undefined);
});
