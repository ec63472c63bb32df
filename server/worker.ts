import type { App } from './app.ts';
import { type ErrorCode, refusalOf } from './errors.ts';
import type { ModerationView } from './ops/moderating.ts';
import type { Action } from './ops/state.ts';
import type { Neighbours } from './transports/sockjs/neighbours.ts';

/** What the parent asks a worker, over the channel between them. */
export interface Question {
  readonly id: number;
  readonly ask: 'health' | 'metrics' | 'clients' | 'ops' | Order;
}

/** What the parent tells a worker that shall stop. */
export interface Farewell {
  /** Clients of all workers together. */
  readonly stop: { readonly clients: number };
}

/** What an operator has an instance do. */
export interface Order {
  readonly instance: string;
  readonly action: Action;
}

/** The answer to an order: what was looked at, or what was refused. */
export interface Obeyed {
  readonly view?: ModerationView | undefined;
  readonly refused?: { readonly code: ErrorCode; readonly message: string };
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
  process.on('message', (said: Question | Farewell) => {
    if (!('ask' in said)) return;
    const { id, ask } = said;
    void answerOf(app, ask).then((answer) => process.send?.({ id, answer } satisfies Answer));
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

function answerOf(app: App, ask: Question['ask']): Promise<unknown> {
  switch (ask) {
    case 'health':
      return app.health();
    case 'metrics':
      return app.metricsAsJson();
    case 'clients':
      return Promise.resolve(app.clients());
    case 'ops':
      return app.ops.states();
    default:
      return obey(app, ask);
  }
}

async function obey(app: App, { instance, action }: Order): Promise<Obeyed> {
  try {
    return { view: await app.ops.act(instance, action) };
  } catch (error) {
    const { code, message } = refusalOf(error);
    return { refused: { code, message } };
  }
}
