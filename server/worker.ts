import type { App } from './app.ts';

/** What the parent asks a worker, over the channel between them. */
export interface Question {
  readonly id: number;
  readonly ask: 'health' | 'metrics';
}

export interface Answer {
  readonly id: number;
  readonly answer: unknown;
}

/** Answers what the parent asks about this worker's instance. */
export function answerParent(app: App): void {
  process.on('message', ({ id, ask }: Question) => {
    const answered = ask === 'health' ? app.health() : app.metricsAsJson();
    void answered.then((answer) => process.send?.({ id, answer } satisfies Answer));
  });
}
