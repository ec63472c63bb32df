import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Expiries } from '../../server/transports/sse-expiries.ts';
import { ManualClock } from '../support/manual-clock.ts';

class Ending {
  ended = 0;
  finish(): void {
    this.ended++;
  }
}

test('a stream ends once, when its token does, also one that lasts longer than a turn of the wheel', () => {
  const clock = new ManualClock();
  const expiries = new Expiries<Ending>(clock);
  const [short, long] = [new Ending(), new Ending()];
  expiries.add(short, clock.now() + 1_000);
  expiries.add(long, clock.now() + 250_000);
  clock.advance(900);
  assert.equal(short.ended, 0);
  clock.advance(200);
  assert.equal(short.ended, 1);
  clock.advance(248_800);
  assert.equal(long.ended, 0);
  clock.advance(1_000);
  assert.deepEqual([short.ended, long.ended], [1, 1]);
  expiries.stop();
  assert.equal(clock.pending, 0);
});

test('a stream that has gone, or has no end, is not ended', () => {
  const clock = new ManualClock();
  const expiries = new Expiries<Ending>(clock);
  const [gone, endless] = [new Ending(), new Ending()];
  expiries.add(gone, clock.now() + 1_000);
  expiries.add(endless, Number.POSITIVE_INFINITY);
  expiries.remove(gone);
  expiries.remove(endless);
  clock.advance(10_000_000);
  assert.deepEqual([gone.ended, endless.ended], [0, 0]);
});
