import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bucket, Buckets } from '../../server/limits/rate.ts';

const rate = { perSecond: 20, burst: 100 };

/** How many of `tries` a second pass, for so many seconds. */
function passed(bucket: Bucket, tries: number, seconds: number): number {
  let count = 0;
  for (let i = 0; i < tries * seconds; i++) if (bucket.take((i * 1_000) / tries) === 0) count++;
  return count;
}

test('a burst passes at once, and not one more', () => {
  const bucket = new Bucket(rate);
  for (let i = 0; i < 100; i++) assert.equal(bucket.take(5), 0);
  assert.ok(bucket.take(5) > 0);
});

test('at exactly the rate everything passes, for an hour', () => {
  assert.equal(passed(new Bucket(rate), 20, 3_600), 72_000);
});

test('sustained for 60 s at ten times the rate, the burst passes and then the rate', () => {
  const count = passed(new Bucket(rate), 200, 60);
  assert.ok(count >= 1_299 && count <= 1_300, `${count}`);
});

test('a rate that does not divide a second is kept all the same', () => {
  const count = passed(new Bucket({ perSecond: 7, burst: 7 }), 100, 600);
  assert.ok(Math.abs(count - 4_207) <= 1, `${count}`);
});

test('what is refused takes nothing, and passes after the time that was said', () => {
  const bucket = new Bucket(rate);
  for (let i = 0; i < 100; i++) bucket.take(0);
  const wait = bucket.take(0);
  for (let i = 0; i < 1_000; i++) assert.equal(bucket.take(0), wait);
  assert.ok(wait > 49 && wait < 51);
  assert.ok(bucket.take(wait - 1) > 0);
  assert.equal(bucket.take(wait + 0.001), 0);
});

test('a rest fills the bucket, and no more than that', () => {
  const bucket = new Bucket(rate);
  for (let i = 0; i < 100; i++) bucket.take(0);
  assert.equal(bucket.isFull(4_999), false);
  assert.equal(bucket.isFull(5_001), true);
  for (let i = 0; i < 100; i++) assert.equal(bucket.take(1e9), 0);
  assert.ok(bucket.take(1e9) > 0);
});

test('keys have buckets of their own', () => {
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, 10);
  assert.equal(buckets.take('a', 0), 0);
  assert.ok(buckets.take('a', 0) > 0);
  assert.equal(buckets.take('b', 0), 0);
});

test('of more keys than there may be, the one used longest ago is forgotten', () => {
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, 3);
  for (const key of ['a', 'b', 'c']) buckets.take(key, 0);
  buckets.take('a', 0);
  for (const key of ['d', 'e']) buckets.take(key, 0);
  assert.ok(buckets.size <= 3);
  assert.ok(buckets.take('d', 0) > 0);
  assert.equal(buckets.take('b', 0), 0);
});

test('a million strangers take no more memory than they may, and full buckets are forgotten', () => {
  const buckets = new Buckets({ perSecond: 10, burst: 10 }, 1_000);
  for (let i = 0; i < 1_000_000; i++) {
    buckets.take(`${i}`, i);
    if (buckets.size > 1_000) assert.fail(`${buckets.size}`);
  }
  // Each is full after 100 ms.
  assert.ok(buckets.size <= 210, `${buckets.size}`);
});
