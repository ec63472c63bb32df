import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '../../../web/src/lab/explanation.ts';
import { summaryOf } from '../../../web/src/lab/summary.ts';
import { Tap } from '../../../web/src/lab/tap.ts';

/** What the tap sees of a SockJS: its frames go through this method, as in the library. */
class FakeSockJs extends EventTarget {
  readonly url = 'http://localhost/ws-endpoint';
  readonly sent: string[] = [];
  readonly taken: string[] = [];
  send(data: string): void {
    this.sent.push(data);
  }
  _transportMessage(frame: string): void {
    this.taken.push(frame);
  }
}

class FakeSocket extends EventTarget {
  readonly url = 'ws://localhost/ws-endpoint?lab=secret.chat';
  readonly protocol = 'v12.stomp';
  readonly extensions = '';
  send(): void {}
  hears(data: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

function tapped(transport: 'xhr-streaming' | 'xhr-polling') {
  const tap = new Tap(() => 0);
  const fake = new FakeSockJs();
  // The parts of a WebSocket that the tap uses.
  const socket = tap.sockJs(fake as unknown as WebSocket & FakeSockJs, 'chat', transport);
  return { tap, fake, socket };
}

const STOMP = 'MESSAGE\ndestination:/topic/chat\n\nhi\0';

for (const transport of ['xhr-streaming', 'xhr-polling'] as const) {
  test(`frames of SockJS over ${transport} are written down, passed on, and taken apart down to the STOMP frames inside`, async () => {
    const { tap, fake, socket } = tapped(transport);
    const array = `a${JSON.stringify([STOMP, STOMP])}`;
    const frames = ['h'.repeat(2_048), 'o', array, 'h', 'c[3000,"Go away!"]'];
    for (const frame of frames) socket._transportMessage(frame);
    assert.deepEqual(fake.taken, frames);
    assert.deepEqual(
      tap.log.entries.map((entry) => summaryOf(entry).kind),
      ['prelude', 'open', 'MESSAGE', 'heart-beat', 'close'],
    );
    const [, , messages] = tap.log.entries;
    assert.match(messages === undefined ? '' : summaryOf(messages).text, /and 1 more/);
    const sections = messages === undefined ? [] : await explain(messages);
    assert.deepEqual(
      sections.map(({ title }) => title),
      ['SockJS envelope', 'STOMP frame', 'STOMP frame'],
    );
    assert.deepEqual(
      sections[0]?.parts.map(({ name }) => name),
      ['a', 'envelope'],
    );
  });
}

test('what is sent over SockJS is shown as the array that goes out, also while the server tells of other connections', async () => {
  const { tap, fake, socket } = tapped('xhr-streaming');
  tap.serverTells = true;
  socket.send('CONNECT\naccept-version:1.2\n\n\0');
  assert.deepEqual(fake.sent, ['CONNECT\naccept-version:1.2\n\n\0']);
  const [entry] = tap.log.entries;
  assert.deepEqual(entry?.content, {
    kind: 'envelope',
    data: '["CONNECT\\naccept-version:1.2\\n\\n\\u0000"]',
    transport: 'xhr-streaming',
  });
  const sections = entry === undefined ? [] : await explain(entry);
  assert.deepEqual(
    sections.map(({ title }) => title),
    ['SockJS envelope', 'STOMP frame'],
  );
});

test('a connection of which the server that tells knows nothing is shown as the browser tells of it, and the list says so', () => {
  const later: (() => void)[] = [];
  const tap = new Tap(
    () => 0,
    (task) => void later.push(task),
  );
  tap.token = 'secret';
  tap.serverTells = true;
  const fake = new FakeSocket();
  tap.socket(fake as unknown as WebSocket, 'chat');
  fake.dispatchEvent(new Event('open'));
  fake.hears(STOMP);
  assert.equal(tap.log.entries.length, 0);
  for (const task of later) task();
  fake.hears(STOMP);
  assert.deepEqual(
    tap.log.entries.map(({ content }) => content.kind),
    ['note', 'message'],
  );
  assert.equal(tap.log.entries[0]?.connection.target, '/ws-endpoint?lab=…');
});

test('a connection of which the server tells is left to it', () => {
  const later: (() => void)[] = [];
  const tap = new Tap(
    () => 0,
    (task) => void later.push(task),
  );
  tap.token = 'secret';
  tap.serverTells = true;
  tap.told = new Set(['chat']);
  const fake = new FakeSocket();
  tap.socket(fake as unknown as WebSocket, 'chat');
  fake.dispatchEvent(new Event('open'));
  for (const task of later) task();
  fake.hears(STOMP);
  assert.equal(tap.log.entries.length, 0);
});
