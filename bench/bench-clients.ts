import type { Contender } from './contenders.ts';
import { Fanload, type FanloadResult } from './fanload.ts';
import type { ServerProcess } from './server-process.ts';

export const CLIENTS = Number(process.env.BENCH_CLIENTS ?? 5_000);
/** Of the clients; the servers have the other one. */
const CORE = 1;
/** What stomp.js asks for where nobody sets anything, in milliseconds. */
const BEATS = 10_000;

/** 5,000 clients of a server. */
export class BenchClients {
  readonly up: FanloadResult;
  readonly #clients: Fanload;
  readonly #contender: Contender;

  private constructor(contender: Contender, clients: Fanload, up: FanloadResult) {
    this.#contender = contender;
    this.#clients = clients;
    this.up = up;
  }

  static async connect(contender: Contender, { port, pid }: ServerProcess): Promise<BenchClients> {
    const { protocol, path } = contender;
    const destination = protocol === 'centrifuge' ? 'chat' : '/topic/chat';
    const target = ['--port', `${port}`, '--pid', `${pid}`, '--protocol', protocol, '--path', path];
    const much = ['--connections', `${CLIENTS}`, '--wait-up', '30', '--ramp', '2000', '--beats', `${BEATS}`];
    const what = ['--destination', destination, '--seq-marker', '"seq":', '--adjacent', '1'];
    return new BenchClients(contender, ...(await Fanload.connect([...target, ...much, ...what], CORE)));
  }

  /** So many messages a second to each client, for so many seconds. */
  publish(rate: number, seconds: number): Promise<FanloadResult> {
    const count = Math.max(1, Math.round(rate * seconds));
    const { publish = '' } = this.#contender;
    return this.#clients.publish(`/publish?rate=${rate}&count=${count}${publish}`, count);
  }

  /** So many messages, each when the one before has reached everybody. */
  publishSingly(times: number): Promise<FanloadResult> {
    return this.#clients.publish(`/publish?rate=1000&count=1${this.#contender.publish ?? ''}`, 1, times);
  }

  hold(seconds: number): Promise<FanloadResult> {
    return this.#clients.hold(seconds);
  }

  async close(): Promise<void> {
    await this.#clients.close();
  }
}
