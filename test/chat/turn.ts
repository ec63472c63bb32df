import type { ManualClock } from '../support/manual-clock.ts';

/** Lets every promise settle that waits for nothing but others. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Lets time pass in steps of a millisecond or more, and what it starts run between them. */
export async function turn(clock: ManualClock, ms: number, step = 1): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(Math.min(step, ms - passed));
    await settle();
  }
}
