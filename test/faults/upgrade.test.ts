import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { System } from './system.ts';
import { isClean, tryFault } from './trial.ts';
import { rollingUpgrade } from './upgrade.ts';

/** The short form of `npm run test:upgrade`. */
const CROWD = { chatUsers: 60, streamReaders: 20, messagesPerSecond: 50 };
let system: System;

before(async () => {
  system = await System.start({ apps: 3, feeds: 1, ticksPerSecond: 50 });
});
after(() => system.stop());

test('three instances are upgraded one by one under load: nothing lost, no ghosts, nothing twice, one order', async () => {
  const { fault, notice } = rollingUpgrade();
  const outcome = await tryFault(system, fault, CROWD);
  assert.ok(isClean(outcome), JSON.stringify(outcome));
  assert.ok(outcome.accepted > 100, JSON.stringify(outcome));
  // Everybody was sent away at least once, and every instance stopped in good order.
  assert.ok(notice.returns >= CROWD.chatUsers + CROWD.streamReaders, JSON.stringify(notice));
  assert.deepEqual(
    notice.stops.map(({ code }) => code),
    [0, 0, 0],
  );
});
