import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { AggregatorRegistry } from 'prom-client';
import type { Clock } from './clock.ts';
import { Refusal } from './errors.ts';
import { HandedOver } from './handed-over.ts';
import type { Health } from './http/health.ts';
import type { Logger } from './log.ts';
import type { ModerationView } from './ops/moderating.ts';
import type { Action, InstanceState, Operated } from './ops/state.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { type Answer, environmentOf, type Farewell, type Obeyed, type Question } from './worker.ts';

export interface WorkersOptions {
  readonly count: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A worker that could not start ends with this code, and a line that says why. */
const REFUSED = 1;

/** The first worker could not start, and has said why. */
export class WorkerRefused extends Error {}

/** The end of a worker. */
interface Ended {
  readonly worker: Worker;
  readonly index: number;
  /** How long it lived, in milliseconds. */
  readonly age: number;
  /** Its code, or the signal. */
  readonly how: string;
  /** Whether it said why. */
  readonly said: boolean;
}

/** A worker that has not answered for so long, in milliseconds, does not answer. */
const PATIENCE = 900;
/** The first pause before a worker is replaced, and the longest, in milliseconds; it doubles while they die young. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** A worker that lived for so long, in milliseconds, did not die young. */
const GROWN_UP = 30_000;

/**
 * The processes that share the port, each an instance of its own, as their parent sees them. The parent accepts the
 * connections and gives them to the workers in turn, so that all get as many, and one that hangs gets no more. A worker
 * that dies is replaced.
 */
export class Workers implements Operated {
  readonly #options: WorkersOptions;
  readonly #listening = Promise.withResolvers<number>();
  readonly #handedOver = new HandedOver();
  readonly #questions = new Map<number, (answer: unknown) => void>();
  #asked = 0;
  #pause = FIRST_PAUSE;
  #started = false;
  #stopping = false;
  /** Only we can enter it: the sockets by which workers reach each other. */
  #folder = '';

  constructor(options: WorkersOptions) {
    this.#options = options;
    cluster.schedulingPolicy = cluster.SCHED_RR;
  }

  /**
   * Resolves to the port when the first worker listens; the others follow then, so that what hinders all is said once. Rejects
   * when it ends before that, with `WorkerRefused` where it has said why.
   */
  async start(): Promise<number> {
    this.#folder = await makeSocketFolder();
    this.#fork(0);
    const port = await this.#listening.promise;
    for (let index = 1; index < this.#options.count && !this.#stopping; index++) this.#fork(index);
    return port;
  }

  /** The health of each worker by its number; `undefined` where one does not answer. */
  async health(): Promise<Map<number, Health | undefined>> {
    const answers = await this.#askAll('health');
    // What `answerParent` sends.
    return answers as Map<number, Health | undefined>;
  }

  /** The metrics of all workers that answer, taken together, in the text form of Prometheus. */
  async metrics(): Promise<string> {
    const answers = await this.#askAll('metrics');
    // What `answerParent` sends.
    const known = [...answers.values()].filter((answer) => answer !== undefined) as object[];
    return AggregatorRegistry.aggregate(known).metrics();
  }

  /** How many clients those have that answer. */
  async clients(): Promise<number> {
    const answers = await this.#askAll('clients');
    return [...answers.values()].reduce<number>((sum, answer) => sum + (typeof answer === 'number' ? answer : 0), 0);
  }

  // What `Operated` asks for.

  async states(): Promise<readonly InstanceState[]> {
    return [...(await this.#statesByWorker()).values()].flat();
  }

  async act(instance: string, action: Action): Promise<ModerationView | undefined> {
    const states = await this.#statesByWorker();
    const [id] = [...states].find(([, own]) => own.some((state) => state.instance === instance)) ?? [];
    const worker = all().find((each) => each.id === id);
    if (worker === undefined) throw new Refusal('unknown-instance');
    // What `answerParent` sends.
    const obeyed = (await this.#ask(worker, { instance, action })) as Obeyed | undefined;
    if (obeyed === undefined)
      throw new Refusal('unknown-instance', 'It does not answer; whether it was done is not known.');
    if (obeyed.refused) throw new Refusal(obeyed.refused.code, obeyed.refused.message);
    return obeyed.view;
  }

  async #statesByWorker(): Promise<Map<number, readonly InstanceState[]>> {
    const answers = [...(await this.#askAll('ops'))].filter(([, answer]) => answer !== undefined);
    // What `answerParent` sends.
    return new Map(answers) as Map<number, readonly InstanceState[]>;
  }

  /**
   * Stops all of them in good order; resolves when they are gone. Each is told how many clients there are in all, so that
   * together they send them away no faster than one process would.
   */
  async stop(clients: number): Promise<void> {
    this.#stopping = true;
    const workers = all();
    const gone = workers.map((worker) => (worker.isDead() ? undefined : once(worker, 'exit')));
    for (const worker of workers) {
      // One that is just ending hears neither.
      worker.send({ stop: { clients } } satisfies Farewell, () => undefined);
      worker.process.kill('SIGTERM');
    }
    await Promise.all(gone);
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends what is left of them at once. */
  kill(): void {
    for (const worker of all()) worker.process.kill('SIGKILL');
  }

  #fork(index: number): void {
    const { clock, log, count } = this.#options;
    const worker = cluster.fork(environmentOf({ index, count, folder: this.#folder }));
    const bornAt = clock.monotonic();
    this.#handedOver.watch(worker);
    worker.once('listening', ({ port }) => {
      this.#started = true;
      this.#listening.resolve(port);
    });
    worker.on('message', ({ id, answer }: Answer) => this.#questions.get(id)?.(answer));
    worker.on('error', (err) => log.error({ err, worker: worker.id }, 'the channel to a worker failed'));
    worker.once('exit', (code, signal) => {
      const said = code === REFUSED;
      this.#ended({ worker, index, age: clock.monotonic() - bornAt, how: signal ?? `code ${code}`, said });
    });
  }

  #ended({ worker, index, age, how, said }: Ended): void {
    if (this.#stopping) return;
    if (!this.#started) {
      // What hinders the first hinders all: a wrong setting, a port in use.
      this.#stopping = true;
      const text = `a worker ended with ${how} before it listened`;
      this.#listening.reject(said ? new WorkerRefused(text) : new Error(text));
      return;
    }
    const { clock, log } = this.#options;
    this.#pause = age > GROWN_UP ? FIRST_PAUSE : Math.min(2 * this.#pause, LONGEST_PAUSE);
    log.error({ worker: worker.id, how, pause: this.#pause }, 'a worker ended: another takes its place');
    clock.after(this.#pause, () => {
      if (!this.#stopping) this.#fork(index);
    });
  }

  async #askAll(ask: Question['ask']): Promise<Map<number, unknown>> {
    const answers = all().map(async (worker) => [worker.id, await this.#ask(worker, ask)] as const);
    return new Map(await Promise.all(answers));
  }

  #ask(worker: Worker, ask: Question['ask']): Promise<unknown> {
    const id = this.#asked++;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#questions.set(id, resolve);
    const timer = this.#options.clock.after(PATIENCE, () => resolve(undefined));
    worker.send({ id, ask } satisfies Question, (error) => {
      if (error !== null) resolve(undefined);
    });
    return promise.finally(() => {
      timer.cancel();
      this.#questions.delete(id);
    });
  }
}

function all(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}
