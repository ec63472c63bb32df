import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPARK_SPAN, Spark, sparkLine } from '../../web/src/market/spark.ts';

test('has the newest price of each step and forgets what is older than its span', () => {
  const spark = new Spark();
  spark.add({ time: 1_000, price: 1 });
  spark.add({ time: 4_000, price: 2 });
  spark.add({ time: 6_000, price: 3 });
  spark.add({ time: 3_000, price: 9 });
  assert.deepEqual(spark.points(), [
    { time: 0, price: 2 },
    { time: 5_000, price: 3 },
  ]);
  spark.add({ time: SPARK_SPAN + 5_000, price: 4 });
  assert.deepEqual(
    spark.points().map((point) => point.price),
    [3, 4],
  );
});

test('what came in while the past was read stays at its end', () => {
  const spark = new Spark();
  spark.add({ time: 10_000, price: 3 });
  spark.load([
    { time: 0, price: 1 },
    { time: 5_000, price: 2 },
  ]);
  assert.deepEqual(
    spark.points().map((point) => point.price),
    [1, 2, 3],
  );
});

test('the line goes from left to right with the highest price at the top', () => {
  const points = [5, 7, 6].map((price, i) => ({ time: i * 5_000, price }));
  assert.equal(sparkLine(points, 80, 20), '0.0,20.0 40.0,0.0 80.0,10.0');
});

test('a price that did not move is a line in the middle; one point is no line', () => {
  assert.equal(
    sparkLine(
      [
        { time: 0, price: 5 },
        { time: 5_000, price: 5 },
      ],
      80,
      20,
    ),
    '0.0,10.0 80.0,10.0',
  );
  assert.equal(sparkLine([{ time: 0, price: 5 }], 80, 20), '');
});
