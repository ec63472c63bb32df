import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { decodeTick } from '../../../server/engines/kafka/tick-record.ts';

const file = join(import.meta.dirname, '../../../docs/reference/tick.schema.json');
const valid = new Ajv2020().compile(JSON.parse(readFileSync(file, 'utf8')));

const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
const anything = fc.oneof(fc.jsonValue(), number, fc.constantFrom('', 'buy', 'x'.repeat(65), '😀'.repeat(64), -1, 1.5));
const good = fc.record(
  {
    symbol: fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }),
    price: number,
    size: number,
    side: fc.constantFrom('buy', 'sell'),
    change: number,
    time: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  },
  { requiredKeys: ['symbol', 'price', 'size', 'change', 'time'] },
);
const field = fc.constantFrom('symbol', 'price', 'size', 'side', 'change', 'time');
/** One field is something else, or gone. */
const bad = fc.tuple(good, field, anything).map(([tick, name, value]) => ({ ...tick, [name]: value }));
const lacking = fc.tuple(good, field).map(([tick, name]) => ({ ...tick, [name]: undefined }));

const decoded = (text: string) => decodeTick(Buffer.from(text));

test('what the published schema allows is read as a tick', () => {
  fc.assert(
    fc.property(good, (tick) => {
      const text = JSON.stringify(tick);
      assert.ok(valid(JSON.parse(text)), text);
      assert.deepEqual(decoded(text), JSON.parse(text));
    }),
  );
});

test('what the published schema refuses is left out, and nothing else is', () => {
  fc.assert(
    fc.property(fc.oneof(bad, lacking, fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      assert.equal(decoded(text) !== undefined, valid(JSON.parse(text)), text);
    }),
    { numRuns: 1_000 },
  );
});

test('a time in microseconds is no tick: it would stand before all candles that follow', () => {
  const tick = { symbol: 'BTC-USD', price: 1, size: 1, change: 0, time: 1_735_689_600_000 };
  assert.ok(decoded(JSON.stringify(tick)));
  assert.equal(decoded(JSON.stringify({ ...tick, time: tick.time * 1_000 })), undefined);
});
