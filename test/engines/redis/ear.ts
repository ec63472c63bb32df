import type { BackplaneListener } from '../../../server/engines/backplane.ts';

/** Keeps what it hears. */
export class Ear implements BackplaneListener {
  readonly heard: string[] = [];
  resumes = 0;

  message(payload: string): void {
    this.heard.push(payload);
  }

  resumed(): void {
    this.resumes++;
  }
}

/** Waits until something is so; the time limit of the test is what ends a wait that is in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
