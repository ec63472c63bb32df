import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { built } from './c-program.ts';

/** What came of sending for a while, as `chatload` prints it. */
export interface Sent {
  readonly sent: number;
  readonly accepted: number;
  /** Messages that came to those who follow the chat, all of them together. */
  readonly delivered: number;
  /** Clients that lost their connection so far. */
  readonly closed: number;
  /** From the first SEND to the last RECEIPT. */
  readonly seconds: number;
  /** From SEND to RECEIPT, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** How much of a core the clients took. */
  readonly busy: number;
}

/**
 * STOMP clients that send to the chat and wait for receipts; the first `listeners` follow it too. They are a program in C
 * (`chatload.c`): of those who share the machine they should take least.
 */
export class ChatSenders {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  /** Connects to the servers in turn. */
  static async connect(urls: readonly string[], count: number, listeners: number): Promise<ChatSenders> {
    const ports = urls.map((url) => new URL(url).port).join(',');
    const args = [ports, `${count}`, `${listeners}`];
    const senders = new ChatSenders(spawn(built('chatload'), args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await senders.#answer();
    return senders;
  }

  /** Sends so many messages a second for so many seconds, from all clients in turn. */
  async send(rate: number, seconds: number): Promise<Sent> {
    this.#child.stdin.write(`${rate} ${seconds}\n`);
    return JSON.parse(await this.#answer()) as Sent; // chatload prints exactly this line
  }

  close(): void {
    this.#child.stdin.end();
  }

  async #answer(): Promise<string> {
    const { value } = await this.#lines.next();
    if (typeof value !== 'string') throw new Error('chatload ended');
    return value;
  }
}
