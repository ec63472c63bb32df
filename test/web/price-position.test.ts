import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers, joined } from '../../web/src/connection/price-position.ts';

test('an id covers those that are nowhere further', () => {
  assert.equal(covers('e:3,2,5', 'e:3,2,5'), true);
  assert.equal(covers('e:3,2,5', 'e:1,2,0'), true);
  assert.equal(covers('e:3,2,5', 'e:4,0,0'), false);
});

test('of another log, or no id at all, nothing is covered', () => {
  for (const [id, other] of [
    ['e:9', 'f:1'],
    ['', 'e:1'],
    ['e:1', ''],
    ['e:1', 'e:x'],
    ['e:1', 'e:1,1'],
  ] as const)
    assert.equal(covers(id, other), false, `${id} ${other}`);
});

test('joined is the place of who has both; of another log the new one counts', () => {
  assert.equal(joined('e:3,0', 'e:1,2'), 'e:3,2');
  assert.equal(joined('e:3,0', 'f:1,2'), 'f:1,2');
  assert.equal(joined('', 'f:1,2'), 'f:1,2');
});

test('told the same ticks in two interleavings, one takes each once', () => {
  const partitions = fc.array(fc.nat(2), { maxLength: 40 });
  fc.assert(
    fc.property(partitions, fc.infiniteStream(fc.nat(1_000)), fc.nat(40), (first, choices, from) => {
      // Each entry is a tick of a partition; an id says what comes next of each.
      const walk = (order: readonly number[]) => {
        const next = [0, 0, 0];
        return order.map((partition) => {
          const tick = `${partition}/${next[partition]}`;
          next[partition] = (next[partition] ?? 0) + 1;
          return { tick, id: `e:${next}` };
        });
      };
      const shuffled = first
        .map((partition) => ({ partition, by: choices.next().value ?? 0 }))
        .toSorted((a, b) => a.by - b.by);
      const second = walk(shuffled.map(({ partition }) => partition));
      let place = 'e:0,0,0';
      const taken: string[] = [];
      for (const { tick, id } of [...walk(first).slice(0, from), ...second]) {
        if (covers(place, id)) continue;
        place = joined(place, id);
        taken.push(tick);
      }
      assert.deepEqual(taken.toSorted(), second.map(({ tick }) => tick).toSorted());
    }),
  );
});
