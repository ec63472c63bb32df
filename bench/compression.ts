import { contenders } from './contenders.ts';
import { Fanload, type FanloadResult } from './fanload.ts';
import type { ServerProcess } from './server-process.ts';

/** The same events to clients that read compressed ones and to others. */
export interface Compression {
  readonly protocol: string;
  readonly rate: number;
  /** Bytes that a client got of each event, plain and compressed. */
  readonly plain: number;
  readonly compressed: number;
  /** Bytes of text that a write to one who reads compressed events carries. */
  readonly block: number;
  /** CPU of the server with compression, as a multiple of that without. */
  readonly cpu: number;
}

const CLIENTS = Number(process.env.BENCH_CLIENTS ?? 3_000);
const RATES = [10, 100, 500, 1_000];
const SECONDS = 3;
const PAIRS = [
  ['STOMP, permessage-deflate', 'stomp', 'stomp-deflate', '/ws-endpoint'],
  ['SSE, gzip', 'sse', 'sse-gzip', '/stream'],
] as const;

/** Recorded trades as ticks: two servers take turns, one whose clients read compressed events and one whose do not. */
export async function measureCompression(): Promise<readonly Compression[]> {
  const found: Compression[] = [];
  for (const [protocol, plain, compressed, path] of PAIRS) {
    await using one = await Side.start(plain, path);
    await using other = await Side.start(compressed, path);
    for (const rate of RATES) {
      const [without, having] = [await one.publish(rate), await other.publish(rate)];
      const events = rate * SECONDS * CLIENTS;
      found.push({
        protocol,
        rate,
        plain: without.bytes / events,
        compressed: having.bytes / events,
        block: without.bytes / having.reads,
        cpu: having.server.cpu_s / without.server.cpu_s,
      });
    }
  }
  return found;
}

/** A server and its clients. */
class Side implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #clients: Fanload;

  private constructor(server: ServerProcess, clients: Fanload) {
    this.#server = server;
    this.#clients = clients;
  }

  static async start(protocol: string, path: string): Promise<Side> {
    const ours = contenders.find(({ name }) => name.startsWith('Towncrier'));
    if (ours === undefined) throw new Error('Towncrier is not among the contenders');
    const server = await ours.start();
    const target = ['--port', `${server.port}`, '--pid', `${server.pid}`, '--protocol', protocol, '--path', path];
    // What is compressed cannot be looked into: bytes are counted, and a second after the last is published all have come.
    const much = ['--connections', `${CLIENTS}`, '--ramp', '2000', '--marker', '', '--quiet', '1000'];
    const [clients] = await Fanload.connect([...target, ...much], 1);
    return new Side(server, clients);
  }

  publish(rate: number): Promise<FanloadResult> {
    return this.#clients.publish(`/publish?rate=${rate}&count=${rate * SECONDS}&what=trades`, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    await this.#clients.close();
  }
}
