import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What came of sending for a while. */
export interface Accepted {
  readonly sent: number;
  /** With a receipt. */
  readonly accepted: number;
  /** From the first SEND of a message to its RECEIPT, in milliseconds. */
  readonly p99: number;
  /** Messages that were sent again, with the id that they had, because the connection ended first. */
  readonly again: number;
}

interface Message {
  readonly frame: string;
  readonly sentAt: number;
}

/** How often messages are sent, in milliseconds. */
const BEAT = 10;
/** Who lost its connection comes back within so many milliseconds; receipts are waited for so long after the last message. */
const BACK = 2_000;
const PATIENCE = 60_000;

/**
 * STOMP clients that send to the chat as a careful user's program does: each message has an id of its own, and what had no
 * receipt when the connection ended is sent again with the next one.
 */
export class ReturningSenders {
  readonly #url: string;
  readonly #sockets: WebSocket[] = [];
  /** Of each client, what has no receipt, by its id. */
  readonly #waiting: Map<string, Message>[] = [];
  #latencies: number[] = [];
  #again = 0;
  #closed = false;

  private constructor(url: string) {
    this.#url = `${url.replace('http', 'ws')}/ws-endpoint`;
  }

  static async connect(url: string, count: number): Promise<ReturningSenders> {
    const senders = new ReturningSenders(url);
    for (let index = 0; index < count; index++) {
      senders.#waiting.push(new Map());
      await new Promise<void>((resolve) => senders.#connect(index, resolve));
    }
    return senders;
  }

  /** Sends so many messages a second for so many seconds, from all clients in turn, and waits for the receipts. */
  async send(rate: number, seconds: number): Promise<Accepted> {
    this.#latencies = [];
    this.#again = 0;
    let sent = 0;
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1_000) {
      const due = ((performance.now() - begun) / 1_000) * rate;
      for (; sent < due; sent++) this.#sendOne(sent);
      await sleep(BEAT);
    }
    const end = performance.now() + PATIENCE;
    while (this.#waiting.some(({ size }) => size > 0) && performance.now() < end) await sleep(BEAT);
    const sorted = this.#latencies.sort((one, other) => one - other);
    const p99 = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Number.NaN;
    return { sent, accepted: sorted.length, p99, again: this.#again };
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.terminate();
  }

  #sendOne(number: number): void {
    const index = number % this.#waiting.length;
    const id = randomUUID();
    const body = JSON.stringify({ id, content: `message ${number} ${'x'.repeat(100)}` });
    const message = { frame: `SEND\ndestination:/app/chat\nreceipt:${id}\n\n${body}\0`, sentAt: performance.now() };
    this.#waiting[index]?.set(id, message);
    const socket = this.#sockets[index];
    if (socket?.readyState === WebSocket.OPEN) socket.send(message.frame);
  }

  #connect(index: number, connected: () => void): void {
    if (this.#closed) return;
    const socket = new WebSocket(this.#url, ['v12.stomp']);
    // An error is followed by `close`.
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(() => this.#connect(index, connected), Math.random() * BACK));
    socket.on('open', () => socket.send('CONNECT\naccept-version:1.2\nhost:bench\n\n\0'));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.startsWith('CONNECTED')) this.#begin(index, socket, connected);
      else this.#receipt(index, text);
    });
  }

  #begin(index: number, socket: WebSocket, connected: () => void): void {
    this.#sockets[index] = socket;
    for (const { frame } of this.#waiting[index]?.values() ?? []) {
      this.#again++;
      socket.send(frame);
    }
    connected();
  }

  #receipt(index: number, text: string): void {
    const id = /^RECEIPT[\s\S]*?receipt-id:(\S+)/.exec(text)?.[1] ?? '';
    const message = this.#waiting[index]?.get(id);
    if (message === undefined) return;
    this.#waiting[index]?.delete(id);
    this.#latencies.push(performance.now() - message.sentAt);
  }
}
