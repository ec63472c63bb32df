import type { App } from './app.ts';
import type { Neighbours } from './transports/sockjs/neighbours.ts';

/** What the parent asks a worker, over the channel between them. */
export interface Question {
  readonly id: number;
  readonly ask: 'health' | 'metrics' | 'clients';
}

/** What the parent tells a worker that shall stop. */
export interface Farewell {
  /** Clients of all workers together. */
  readonly stop: { readonly clients: number };
}

export interface Answer {
  readonly id: number;
  readonly answer: unknown;
}

/** What the environment of a worker says: the process has it from its parent alone. */
const PLACE = 'TOWNCRIER_WORKER_PLACE';

/** Tells a new worker which of them it is. */
export function environmentOf(neighbours: Neighbours): Record<string, string> {
  return { [PLACE]: JSON.stringify(neighbours) };
}

/** What the parent told this worker; `undefined` in a process that is none. */
export function neighboursOfWorker(): Neighbours | undefined {
  const place = process.env[PLACE];
  // What `environmentOf` made.
  return place === undefined ? undefined : (JSON.parse(place) as Neighbours);
}

/** Answers what the parent asks about this worker's instance. */
export function answerParent(app: App): void {
  const answers: Readonly<Record<Question['ask'], () => Promise<unknown>>> = {
    health: () => app.health(),
    metrics: () => app.metricsAsJson(),
    clients: async () => app.clients(),
  };
  process.on('message', (said: Question | Farewell) => {
    if (!('ask' in said)) return;
    const { id, ask } = said;
    void answers[ask]().then((answer) => process.send?.({ id, answer } satisfies Answer));
  });
}

/** Resolves when the parent says that this worker shall stop, to the number of clients that all workers have. */
export function farewellOfParent(): Promise<number> {
  return new Promise((resolve) => {
    process.on('message', (said: Question | Farewell) => {
      if ('stop' in said) resolve(said.stop.clients);
    });
  });
}
