import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, test } from 'node:test';
import { constants, createGunzip } from 'node:zlib';
import { SseServer } from './sse-server.ts';

let server: SseServer;
const responses: IncomingMessage[] = [];
afterEach(async () => {
  for (const response of responses.splice(0)) response.destroy();
  await server.close();
});

/** A client that reads gzip: what has come so far, bytes and text. */
class GzipReader {
  text = '';
  bytes = 0;
  readonly response: IncomingMessage;
  readonly #unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });

  constructor(response: IncomingMessage) {
    this.response = response;
    if (response.headers['content-encoding'] === undefined) return;
    this.#unzip.setEncoding('utf8').on('data', (text) => {
      this.text += text;
    });
    response.on('data', (bytes: Buffer) => {
      this.bytes += bytes.length;
      this.#unzip.write(bytes);
    });
  }

  static async open(query = '', headers: Record<string, string> = {}): Promise<GzipReader> {
    const options = { port: server.port, path: `/stream${query}`, headers: { 'Accept-Encoding': 'gzip', ...headers } };
    const [response] = (await once(get(options), 'response')) as [IncomingMessage]; // what this event brings
    responses.push(response);
    return new GzipReader(response);
  }

  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);
  }

  async until(condition: (reader: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise((resolve) => setImmediate(resolve));
    return this;
  }
}

const ticks = (count: number) => (reader: GzipReader) => reader.text.split('event: market-tick\n').length > count;

test('who reads gzip gets it, and can read each event as soon as it is there', async () => {
  server = await SseServer.start();
  const reader = await GzipReader.open();
  assert.equal(reader.response.headers['content-encoding'], 'gzip');
  assert.equal(reader.response.headers.vary, 'Origin, Accept-Encoding');
  await reader.until(({ text }) => text.includes('event: market-snapshot'));
  for (let count = 1; count <= 3; count++) {
    server.trade('A');
    await reader.until(ticks(count));
  }
  assert.deepEqual(reader.ids, ['log:0,0,0', 'log:1,0,0', 'log:2,0,0', 'log:3,0,0']);
});

test('many ticks take a fraction of the bytes, and whoever joins in between reads on with the others', async () => {
  server = await SseServer.start();
  const first = await GzipReader.open();
  server.trade('A', 200);
  await first.until(ticks(200));
  const second = await GzipReader.open('', { 'Last-Event-ID': 'log:150,0,0' });
  server.trade('B', 200);
  await Promise.all([first.until(ticks(400)), second.until(ticks(250))]);
  assert.equal(second.ids.length, 250);
  assert.equal(first.text.endsWith(second.text.slice(second.text.indexOf('id: log:151,'))), true);
  assert.ok(first.bytes < first.text.length / 4, `${first.bytes} of ${first.text.length}`);
});

test('a filter and heart-beats go through gzip too', async () => {
  server = await SseServer.start();
  server.trade('A');
  server.trade('B');
  const reader = await GzipReader.open('?symbols=B');
  await reader.until(({ text }) => text.includes('market-snapshot'));
  server.trade('A', 3);
  server.trade('B');
  await reader.until(ticks(1));
  server.trade('A', 2);
  // The pass that leaves these out, before the heart-beat that says so.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  server.clock.advance(15_000);
  await reader.until(({ text }) => text.includes('\n:\nid: log:6,2,0\n\n'));
  assert.doesNotMatch(reader.text, /"symbol":"A"/);
});

for (const [accepts, coding] of [
  ['gzip', 'gzip'],
  ['deflate, X-GZIP;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['br, gzip; q=0.000', undefined],
  ['*', undefined],
  ['identity', undefined],
  ['gzipped', undefined],
] as const)
  test(`Accept-Encoding: ${accepts} is answered with ${coding ?? 'text as it is'}`, async () => {
    server = await SseServer.start();
    const request = `HEAD /stream HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${accepts}\r\nConnection: close\r\n\r\n`;
    const head = await server.request(request).untilEnd();
    assert.equal(head.header('content-encoding'), coding);
    const { headers } = (await GzipReader.open('', { 'Accept-Encoding': accepts })).response;
    assert.equal(headers['content-encoding'], coding);
  });

test('HTTP/1.0 gets text as it is', async () => {
  server = await SseServer.start();
  const peer = await server.get('', ['Accept-Encoding: gzip'], '1.0').until(({ events }) => events.length > 0);
  assert.equal(peer.header('content-encoding'), undefined);
});

test('what nobody shares is sent without compression, and still reads the same', async () => {
  server = await SseServer.start();
  server.trade('A');
  const reader = await GzipReader.open('', { 'Last-Event-ID': 'log:0,0,0' });
  await reader.until(ticks(1));
  assert.deepEqual(reader.ids, ['log:1,0,0']);
});
