import { EventStream } from '../support/event-stream.ts';
import { StompClient } from '../support/stomp-client.ts';

/** A well-behaved client's own pace: a message each so many milliseconds, half of what it may send. */
const PACE = 100;

/** Latencies in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/**
 * A well-behaved chat client and a reader of prices, beside a flood. It measures from the send of a message to its coming
 * back, and from a tick's own time to its arrival, and keeps account of what was lost, repeated or refused.
 */
export class Witness {
  /** What should not be: gaps, repetitions, refusals, the end of a connection. */
  readonly complaints: string[] = [];
  readonly #client: StompClient;
  readonly #stream: EventStream;
  readonly #sentAt = new Map<string, number>();
  #chat: number[] = [];
  #ticks: number[] = [];
  #seq: number | undefined;
  #offset: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended = false;

  private constructor(client: StompClient, stream: EventStream) {
    this.#client = client;
    this.#stream = stream;
  }

  /** @param token - what it signs in with, where that is asked for */
  static async begin(url: string, token: string | undefined): Promise<Witness> {
    const [passcode, query] = token === undefined ? [{}, ''] : [{ passcode: token }, `?access_token=${token}`];
    const witness = new Witness(
      await StompClient.connect(url, 'witness', passcode),
      await EventStream.open(`${url}/stream${query}`),
    );
    witness.#start();
    return witness;
  }

  /** What was measured since this was asked last. */
  take(): { readonly chat: Latencies; readonly ticks: Latencies } {
    const taken = { chat: latencies(this.#chat), ticks: latencies(this.#ticks) };
    this.#chat = [];
    this.#ticks = [];
    return taken;
  }

  /** Waits until every message has come back, so long at most; what has not is lost. */
  async settle(ms: number): Promise<void> {
    clearInterval(this.#timer);
    const until = performance.now() + ms;
    while (this.#sentAt.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    if (this.#sentAt.size > 0) this.complaints.push(`${this.#sentAt.size} messages did not come back`);
    this.#sentAt.clear();
    this.#send();
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    await this.#client.close();
    await this.#stream.close();
  }

  #start(): void {
    this.#client.send('SUBSCRIBE', { id: 'errors', destination: '/user/queue/errors' });
    this.#client.send('SUBSCRIBE', { id: 'sub-0', destination: '/topic/chat' });
    void this.#follow(() => this.#readChat());
    void this.#follow(() => this.#readTick());
    this.#send();
  }

  #send(): void {
    this.#timer = setInterval(() => {
      const id = crypto.randomUUID();
      this.#sentAt.set(id, performance.now());
      this.#client.send('SEND', { destination: '/app/chat' }, JSON.stringify({ id, content: 'I am still here' }));
    }, PACE);
  }

  async #follow(next: () => Promise<void>): Promise<void> {
    try {
      while (!this.#ended) await next();
    } catch (error) {
      if (!this.#ended) this.complaints.push(`${error}`);
    }
  }

  async #readChat(): Promise<void> {
    const { headers, body } = await this.#client.frame(({ command }) => command === 'MESSAGE' || command === 'ERROR');
    if (headers.destination !== '/topic/chat') this.complaints.push(`refused: ${body}`);
    else this.#hear(JSON.parse(body));
  }

  #hear({ seq, id }: { readonly seq: number; readonly id: string }): void {
    if (this.#seq !== undefined && seq !== this.#seq + 1) this.complaints.push(`after ${this.#seq} came ${seq}`);
    this.#seq = seq;
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return;
    this.#sentAt.delete(id);
    this.#chat.push(performance.now() - sentAt);
  }

  async #readTick(): Promise<void> {
    const { event, id = '', data } = await this.#stream.next();
    const offset = id
      .slice(id.indexOf(':') + 1)
      .split(',')
      .reduce((sum, part) => sum + Number(part), 0);
    if (event === 'market-tick') {
      if (this.#offset !== undefined && offset !== this.#offset + 1)
        this.complaints.push(`after tick ${this.#offset} came ${offset}`);
      this.#ticks.push(Date.now() - JSON.parse(data).time);
    } else if (this.#offset !== undefined)
      this.complaints.push(`a snapshot in the place of ticks after ${this.#offset}`);
    this.#offset = offset;
  }
}

export function latencies(all: readonly number[]): Latencies {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}
