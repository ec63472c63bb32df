import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { ServerProcess } from '../../support/server-process.ts';
import { StompClient } from '../../support/stomp-client.ts';

const SESSIONS = 500;
const PER_SECOND = 200;
const SECONDS = 10;
/** In bytes. */
const MOST_MEMORY = 900 * 1_048_576;

let server: ServerProcess;
before(async () => {
  const off = { CHAT_RATE_LIMIT: '0', CONNECT_RATE_LIMIT: '0', SOCKJS_MAX_SESSIONS_PER_ADDRESS: '0' };
  server = await ServerProcess.create({ ...off, MARKET_SOURCE: 'off' });
  await server.start();
});
after(() => server.dispose());

/** A session by xhr-streaming that asks for the next answer as soon as one ends, and notes the seq of every message. */
class Reader {
  readonly seqs: number[] = [];
  answers = 0;
  opened = Promise.withResolvers<void>();
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  #rest = '';
  #ended = false;

  constructor(number: number) {
    this.#url = `${server.url}/ws-endpoint/000/reader${number}`;
    this.#receive();
  }

  async begin(): Promise<void> {
    await this.opened.promise;
    const frames = [
      'CONNECT\naccept-version:1.2\nhost:x\n\n\0',
      'SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:0\n\n\0',
    ];
    const { status } = await fetch(`${this.#url}/xhr_send`, { method: 'POST', body: JSON.stringify(frames) });
    assert.equal(status, 204);
  }

  end(): void {
    this.#ended = true;
    this.#agent.destroy();
  }

  #receive(): void {
    const asked = request(`${this.#url}/xhr_streaming`, { method: 'POST', agent: this.#agent });
    asked.on('error', (error) => {
      if (!this.#ended) this.opened.reject(error);
    });
    asked.on('response', (response) => {
      this.answers++;
      this.opened.resolve();
      response.setEncoding('latin1');
      response.on('data', (text: string) => this.#take(text));
      response.on('end', () => this.#receive());
      response.on('error', () => undefined);
    });
    asked.end();
  }

  #take(text: string): void {
    const all = this.#rest + text;
    const end = all.lastIndexOf('\n') + 1;
    for (const [, seq] of all.slice(0, end).matchAll(/\\"seq\\":(\d+)/g)) this.seqs.push(Number(seq));
    this.#rest = all.slice(end);
  }
}

test(`${SESSIONS} sessions by xhr-streaming get ${PER_SECOND} messages a second: nothing is lost or comes twice`, async () => {
  const readers: Reader[] = [];
  try {
    // Some at a time: each has 10 s to CONNECT, also on a busy machine.
    while (readers.length < SESSIONS) {
      const some = Array.from({ length: 25 }, (_, number) => new Reader(readers.length + number));
      readers.push(...some);
      await Promise.all(some.map((reader) => reader.begin()));
    }
    const writer = await StompClient.connect(server.url, 'writer');
    const body = JSON.stringify({ content: 'x'.repeat(100) });
    const all = PER_SECOND * SECONDS;
    let most = 0;
    for (let sent = 0; sent < all; sent += PER_SECOND / 10) {
      for (let number = 0; number < PER_SECOND / 10; number++)
        writer.send('SEND', { destination: '/app/chat', receipt: 'r' }, body);
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (sent % PER_SECOND === 0) most = Math.max(most, await memory());
    }
    const late = performance.now() + 90_000;
    while (readers.some(({ seqs }) => seqs.length < all) && performance.now() < late)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const wanted = Array.from({ length: all }, (_, index) => index + 1);
    for (const { seqs } of readers) assert.deepEqual(seqs, wanted);
    assert.ok(
      readers.every(({ answers }) => answers > 1),
      'no answer has reached its limit',
    );
    assert.ok(most < MOST_MEMORY, `${most}`);
    await writer.close();
  } finally {
    for (const reader of readers) reader.end();
  }
});

async function memory(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}
