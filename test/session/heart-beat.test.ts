import assert from 'node:assert/strict';
import test from 'node:test';
import { Stage } from './stage.ts';

/** The times of the beats that a client gets in `ms`, in seconds from now. */
function beats(stage: Stage, ms: number): number[] {
  const times: number[] = [];
  for (let t = 100; t <= ms; t += 100) {
    stage.clock.advance(100);
    if (stage.bytes() === '\n') times.push(t / 1_000);
  }
  return times;
}

test('a client that wants beats never waits longer than 10 s for one', () => {
  const times = beats(new Stage().connect('1.2', { 'heart-beat': '0,5000' }), 120_000);
  assert.ok(times.length >= 12 && times.length <= 18, `${times.length} beats`);
  for (const [i, time] of times.entries()) assert.ok(time - (times[i - 1] ?? 0) <= 10);
});

test('a client that wants them rarer gets them rarer', () => {
  const times = beats(new Stage().connect('1.2', { 'heart-beat': '0,60000' }), 240_000);
  assert.ok(times.length >= 4 && times.length <= 6, `${times.length} beats`);
  for (const [i, time] of times.entries()) assert.ok(time - (times[i - 1] ?? 0) <= 60);
});

test('a client that wants no beats gets none, and 0,0 is never dropped for silence', () => {
  for (const header of [{ 'heart-beat': '0,0' }, {}]) {
    const stage = new Stage().connect('1.2', header);
    stage.clock.advance(86_400_000);
    assert.equal(stage.bytes(), '');
    assert.equal(stage.pipe.end, undefined);
  }
});

test('where bytes went out anyway there is no beat', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '0,10000' });
  stage.frame('SUBSCRIBE', { id: 's', destination: '/topic/news' });
  for (let i = 0; i < 40; i++) {
    stage.clock.advance(5_000);
    stage.destinations.news.append('x');
    stage.clock.run();
  }
  assert.deepEqual(new Set(stage.seen()), new Set(['MESSAGE s "x"']));
  assert.equal(stage.pipe.written.filter((bytes) => bytes.equals(Buffer.from('\n'))).length, 0);
});

test('a blocked client gets no beat on top', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '0,10000' });
  stage.pipe.blocked = true;
  stage.frame('SUBSCRIBE', { id: '1', destination: '/user/queue/errors', receipt: 'r' });
  assert.deepEqual(stage.seen(), ['RECEIPT r']);
  stage.clock.advance(20_000);
  stage.pipe.unblock();
  assert.equal(stage.bytes(), '');
});

test('a client that promised beats is dropped after 75 s of silence', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '10000,0' });
  stage.clock.advance(74_500);
  assert.equal(stage.pipe.end, undefined);
  stage.clock.advance(1_000);
  assert.match(stage.seen().join(), /^ERROR timeout/);
  assert.equal(stage.pipe.end, 'timeout');
});

test('any byte counts: a beat a minute is enough', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '10000,10000' });
  for (let i = 0; i < 30; i++) {
    stage.clock.advance(60_000);
    stage.receive(i % 2 === 0 ? '\n' : 'SEND\ndestination:/app/half a frame');
    if (i % 2 === 1) stage.receive('\n\n^');
  }
  assert.equal(stage.pipe.end, undefined);
  stage.clock.advance(76_000);
  assert.equal(stage.pipe.end, 'timeout');
});

test('a client that promised beats rarer than 75 s has time for them', () => {
  const stage = new Stage().connect('1.2', { 'heart-beat': '100000,0' });
  stage.clock.advance(149_000);
  assert.equal(stage.pipe.end, undefined);
  stage.clock.advance(2_000);
  assert.equal(stage.pipe.end, 'timeout');
});
