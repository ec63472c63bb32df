import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { answers, conversation } from '../../scripts/examples/stomp.ts';
import { examples } from '../../scripts/examples.ts';
import { explainHttpHead } from '../../web/src/lab/model/http-head.ts';
import { explainChunk } from '../../web/src/lab/model/sse.ts';
import { explainFrame } from '../../web/src/lab/model/websocket-frame.ts';
import { eventually } from '../support/eventually.ts';
import { TestApp } from '../support/test-app.ts';

const made = await examples();
let app: TestApp;

before(async () => {
  app = await TestApp.start();
});

after(() => app?.close());

/** A connection, and the bytes that came by it and nobody took yet. */
class Wire {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
  }

  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** The next piece, as long as `explain` says that it is. */
  async take<T extends { readonly length: number; readonly missing: number }>(
    explain: (bytes: Uint8Array) => T,
  ): Promise<{ readonly explained: T; readonly bytes: Buffer }> {
    for (;;) {
      const explained = explain(this.#bytes);
      if (this.#bytes.length > 0 && explained.missing === 0) {
        const bytes = this.#bytes.subarray(0, explained.length);
        this.#bytes = this.#bytes.subarray(explained.length);
        return { explained, bytes };
      }
      await once(this.#socket, 'data');
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The request of a page, to this server; the pages show the default port. */
function request(id: string): string {
  return `${made.get(id)}\n\n`.replaceAll('localhost:8080', `127.0.0.1:${app.app.port}`).replaceAll('\n', '\r\n');
}

/** A client's frame, with the masking key of the RFC's examples. */
function masked(payload: Uint8Array): Buffer {
  const key = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
  const head =
    payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Uint8Array.from(head), key, payload.map((byte, at) => byte ^ (key[at % 4] ?? 0))]);
}

test('a server answers the upgrade and the STOMP frames of the pages with the bytes of the pages', async () => {
  const wire = new Wire(app.app.port);
  try {
    wire.send(request('upgrade-request'));
    const head = await wire.take(explainHttpHead);
    assert.equal(head.bytes.toString(), `${made.get('upgrade-response')}\n\n`.replaceAll('\n', '\r\n'));
    const frame = async (): Promise<string> => {
      const { explained } = await wire.take((bytes) => explainFrame(bytes, { from: 'server' }));
      return Buffer.from(explained.payload).toString();
    };
    wire.send(masked(conversation.connect));
    const connected = (await frame())
      .replace(/^session:.*$/m, 'session:SESSION')
      .replace(/^server:towncrier\/.*$/m, 'server:towncrier/VERSION')
      .replace(/^epoch:.*$/m, 'epoch:EPOCH');
    assert.equal(connected, answers.connected.toString());
    wire.send(masked(conversation.subscribe));
    wire.send(masked(conversation.send));
    // Which of the two comes first is not promised.
    const both = (await frame()) + (await frame());
    const got = both
      .split('\0')
      .filter((text) => text !== '')
      .sort();
    const time = /"time":\d{13}/;
    assert.deepEqual(
      got.map((text) => `${text.replace(time, '"time":1735689600000')}\0`),
      [answers.message.toString(), answers.receipt.toString()],
    );
  } finally {
    wire.destroy();
  }
});

test('a server answers the stream request of the pages in chunks, with the headers that keep proxies from gathering', async () => {
  const wire = new Wire(app.app.port);
  try {
    wire.send(request('sse-request'));
    const head = await wire.take(explainHttpHead);
    const lines = head.bytes.toString().split('\r\n');
    for (const line of [
      'HTTP/1.1 200 OK',
      'Content-Type: text/event-stream; charset=utf-8',
      'Cache-Control: no-cache, no-transform',
      'X-Accel-Buffering: no',
      'Transfer-Encoding: chunked',
    ])
      assert.ok(lines.includes(line), `${line} in ${lines.join(', ')}`);
    const { explained } = await wire.take(explainChunk);
    assert.match(Buffer.from(explained.data).toString(), /^retry: \d+\n\n/);
  } finally {
    wire.destroy();
  }
});

test('the broken frame of the page is answered with a close and the code 1002', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/protocols/websocket-frames.md'), 'utf8');
  const command = /```sh\n(\{ printf[\s\S]*?)```/
    .exec(page)?.[1]
    ?.replaceAll('localhost:8080', `127.0.0.1:${app.app.port}`);
  // It listens for a second, which may be too short on a busy machine.
  await eventually(async () => {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command ?? 'false']);
    assert.match(stdout.replaceAll(/\s+/g, ' '), /88 .*03 .*ea/);
  });
});

test('SockJS begins with the answers of the page', async () => {
  const info = (await (await app.get('/ws-endpoint/info')).json()) as Record<string, unknown>; // what the page says it is
  assert.deepEqual(Object.keys(info).sort(), ['cookie_needed', 'entropy', 'origins', 'websocket']);
  const opened = await fetch(`${app.url}/ws-endpoint/000/page0001/xhr`, { method: 'POST' });
  assert.equal(await opened.text(), 'o\n');
});
