import { systemClock } from '../server/clock.ts';
import { Hub } from '../server/hub/hub.ts';
import type { Sink } from '../server/hub/sink.ts';
import { CLIENTS } from './bench-clients.ts';
import { benchMessage } from './servers/publisher.ts';
import { timed } from './timing.ts';

/** Takes everything and does nothing with it. */
const sink: Sink = {
  write: () => true,
  writeAll: () => true,
  pauseReading: () => undefined,
  resumeReading: () => undefined,
  close: () => undefined,
  describe: () => ({ transport: 'bench', address: '' }),
};

/**
 * What the hub itself takes for a delivery, in nanoseconds, where writing costs nothing: with so many events in a pass. A pass is
 * run at once and to its end, by a clock whose "soon" is now.
 */
export function hubCost(events: number): number {
  const tasks: (() => void)[] = [];
  const clock = { ...systemClock, monotonic: () => 0, soon: (task: () => void) => void tasks.push(task) };
  const hub = new Hub({ clock, latencyBudget: 0, stallTimeout: 30_000 });
  const stream = hub.stream<Buffer>({
    name: 'bench',
    epoch: 'e',
    bounds: { count: 10_000, bytes: 16_777_216, age: 3_600_000 },
    size: ({ length }) => length,
    overflow: { policy: 'latest', snapshot: () => undefined },
  });
  const encoding = { key: 'plain', encode: (event: Buffer) => event };
  for (let i = 0; i < CLIENTS; i++) hub.connect(sink).follow(stream, encoding, { next: 0 });
  const message = Buffer.from(benchMessage(1));
  const pass = timed(40, () => {
    for (let i = 0; i < events; i++) stream.append(message);
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
  });
  hub.close();
  return pass / (events * CLIENTS);
}
