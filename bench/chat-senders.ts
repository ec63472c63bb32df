import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

/** What came of sending for a while. */
export interface Sent {
  readonly sent: number;
  readonly accepted: number;
  /** From the first SEND to the last RECEIPT. */
  readonly seconds: number;
  /** From SEND to RECEIPT, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** How often messages are sent, in milliseconds. */
const BEAT = 10;
/** RECEIPTs are waited for so long after the last SEND, in milliseconds. */
const PATIENCE = 5_000;

/** STOMP clients that send to the chat and wait for receipts; the first `listeners` follow it too. */
export class ChatSenders {
  readonly #sockets: WebSocket[] = [];
  readonly #sentAt = new Map<string, number>();
  #latencies: number[] = [];

  static async connect(urls: readonly string[], count: number, listeners: number): Promise<ChatSenders> {
    const senders = new ChatSenders();
    for (let index = 0; index < count; index++)
      await senders.#connect(urls[index % urls.length] ?? '', index < listeners);
    return senders;
  }

  /** Sends so many messages a second for so many seconds, from all clients in turn. */
  async send(rate: number, seconds: number): Promise<Sent> {
    this.#latencies = [];
    let sent = 0;
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1_000) {
      const due = ((performance.now() - begun) / 1_000) * rate;
      for (; sent < due; sent++) this.#sendOne(sent);
      await new Promise((resolve) => setTimeout(resolve, BEAT));
    }
    const end = performance.now() + PATIENCE;
    while (this.#sentAt.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, BEAT));
    const took = (performance.now() - begun) / 1_000;
    this.#sentAt.clear();
    const sorted = this.#latencies.sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
    return { sent, accepted: sorted.length, seconds: took, p50: at(0.5), p99: at(0.99) };
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #sendOne(index: number): void {
    const id = randomUUID();
    const body = JSON.stringify({ id, content: `message ${index} ${'x'.repeat(100)}` });
    this.#sentAt.set(id, performance.now());
    this.#sockets[index % this.#sockets.length]?.send(`SEND\ndestination:/app/chat\nreceipt:${id}\n\n${body}\0`);
  }

  #connect(url: string, listens: boolean): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws-endpoint`, ['v12.stomp']);
    this.#sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send('CONNECT\naccept-version:1.2\nhost:bench\n\n\0'));
      socket.on('message', (data: Buffer) => {
        const text = data.toString('latin1');
        if (text.startsWith('CONNECTED')) {
          if (listens) socket.send('SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\n\n\0');
          resolve();
        } else this.#receipt(text);
      });
    });
  }

  #receipt(text: string): void {
    const id = /^RECEIPT[\s\S]*?receipt-id:(\S+)/.exec(text)?.[1];
    const sentAt = id === undefined ? undefined : this.#sentAt.get(id);
    if (id === undefined || sentAt === undefined) return;
    this.#sentAt.delete(id);
    this.#latencies.push(performance.now() - sentAt);
  }
}
