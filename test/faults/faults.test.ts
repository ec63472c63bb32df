import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allFaults } from './faults.ts';
import { System } from './system.ts';
import { isClean, tryFault } from './trial.ts';

/** The short form of `npm run test:faults`. */
const CROWD = { chatUsers: 30, streamReaders: 10, messagesPerSecond: 50 };
const FREEZE = 3_000;
let system: System;

before(async () => {
  system = await System.start({ apps: 3, feeds: 2, ticksPerSecond: 100 });
});
after(() => system.stop());

for (const fault of allFaults(FREEZE)) {
  test(`${fault.name}: nothing lost, no ghosts, nothing twice, one order`, async () => {
    const outcome = await tryFault(system, fault, CROWD);
    assert.ok(isClean(outcome), JSON.stringify(outcome));
    assert.ok(outcome.accepted > 100, JSON.stringify(outcome));
    assert.ok(outcome.ticks > 100, JSON.stringify(outcome));
  });
}
