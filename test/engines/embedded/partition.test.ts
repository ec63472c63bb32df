import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOf } from '../../../server/engines/embedded/partition.ts';

test('the hash is that of the Kafka clients', () => {
  // The values of Kafka's own test of its `Utils.murmur2`.
  const known: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [text, hash] of known) assert.equal(murmur2(Buffer.from(text)), hash, text);
});

test('the symbols of the simulator are spread over all three partitions', () => {
  const partitions = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-USD'].map((symbol) => partitionOf(symbol, 3));
  assert.deepEqual(new Set(partitions), new Set([0, 1, 2]));
});
