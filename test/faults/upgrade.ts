import type { Crowd } from './crowd.ts';
import type { Fault } from './faults.ts';

/** What the clients noticed of an upgrade. */
export interface Notice {
  /** The longest time that one was away, in milliseconds. */
  longest: number;
  /** How many came back. */
  returns: number;
  /** The most that came to the other instances within a second. */
  mostInASecond: number;
  /** How long each instance took to stop, and with which exit code. */
  readonly stops: { readonly seconds: number; readonly code: number | null }[];
}

/** Every instance is stopped in good order and started again, one after the other, each when the one before is ready. */
export function rollingUpgrade(): { readonly fault: Fault; readonly notice: Notice } {
  const notice: Notice = { longest: 0, returns: 0, mostInASecond: 0, stops: [] };
  const fault: Fault = {
    name: 'all instances upgraded, one by one',
    async run(system, crowd) {
      for (const app of system.apps) {
        const asked = performance.now();
        const code = await app.stop();
        notice.stops.push({ seconds: (performance.now() - asked) / 1_000, code });
        await app.start();
        await allBack(crowd);
      }
      Object.assign(notice, summary(crowd));
    },
  };
  return { fault, notice };
}

async function allBack(crowd: Crowd): Promise<void> {
  const since = performance.now();
  while (!crowd.allHeardSince(since)) await new Promise((resolve) => setTimeout(resolve, 50));
}

function summary({ users, readers }: Crowd): Partial<Notice> {
  const absences = [...users, ...readers].map(({ absence }) => absence);
  const returns = absences.flatMap((absence) => absence.returns).sort((one, other) => one - other);
  let mostInASecond = 0;
  for (let first = 0, last = 0; last < returns.length; last++) {
    while ((returns[last] ?? 0) - (returns[first] ?? 0) > 1_000) first++;
    mostInASecond = Math.max(mostInASecond, last - first + 1);
  }
  return {
    longest: Math.max(...absences.map(({ longest }) => longest)),
    returns: returns.length,
    mostInASecond,
  };
}
