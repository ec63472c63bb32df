import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransportChoice } from '../../web/src/connection/transport-choice.ts';
import { memoryPreferences } from './memory-preferences.ts';

test('begins with WebSocket, and goes on to streaming and polling as each fails', () => {
  const choice = new TransportChoice(memoryPreferences());
  const tried = [choice.current];
  while (choice.failed()) tried.push(choice.current);
  assert.deepEqual(tried, ['websocket', 'xhr-streaming', 'xhr-polling']);
});

test('after the last one the next try begins with WebSocket again', () => {
  const choice = new TransportChoice(memoryPreferences());
  while (choice.failed());
  assert.equal(choice.current, 'websocket');
});

test('what carried the chat is kept for the visit', () => {
  const visit = memoryPreferences();
  const choice = new TransportChoice(visit);
  choice.failed();
  choice.worked('xhr-streaming');
  assert.equal(new TransportChoice(visit).current, 'xhr-streaming');
});

test('what failed is not kept, and neither is what nobody knows', () => {
  const visit = memoryPreferences();
  new TransportChoice(visit).failed();
  assert.equal(new TransportChoice(visit).current, 'websocket');
  visit.set('transport', 'carrier pigeon');
  assert.equal(new TransportChoice(visit).current, 'websocket');
});

test('one failure of a transport that has worked before is no reason to leave it', () => {
  const choice = new TransportChoice(memoryPreferences());
  choice.worked('websocket');
  assert.equal(choice.failed(), false);
  assert.equal(choice.current, 'websocket');
  assert.equal(choice.failed(), true);
  assert.equal(choice.current, 'xhr-streaming');
});

test('failures count only in a row', () => {
  const choice = new TransportChoice(memoryPreferences());
  choice.worked('websocket');
  choice.failed();
  choice.worked('websocket');
  assert.equal(choice.failed(), false);
  assert.equal(choice.current, 'websocket');
});
