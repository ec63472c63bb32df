import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Refusal } from '../../server/errors.ts';
import { answerNeighbour } from '../../server/lab/answer.ts';
import { Lab } from '../../server/lab/lab.ts';
import { ManualClock } from '../support/manual-clock.ts';

const COUNT = 3;
const clock = new ManualClock();
const labs: Lab[] = [];
const servers: Server[] = [];
let folder: string;

/** Three processes of one server, as the Lab sees them: each answers the others at a socket. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-lab-'));
  const sockets = Array.from({ length: COUNT }, (_, index) => join(folder, `${index}.sock`));
  for (const [index, path] of sockets.entries()) {
    const others = sockets.filter((each) => each !== path);
    const neighbours = { index, count: COUNT, sockets: others };
    const lab = new Lab({ clock, watches: 2, bytesPerSecond: 65_536, neighbours });
    labs.push(lab);
    const server = createServer((request, response) => void answerNeighbour(lab, request, response)).listen(path);
    servers.push(server);
    await once(server, 'listening');
  }
});

after(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

const newToken = (): string => randomBytes(24).toString('base64url');

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((go) => setTimeout(go, 5));
}

class Sink {
  text = '';
  ended = false;
  readonly waiting = 0;
  write(more: string): void {
    this.text += more;
  }
  end(): void {
    this.ended = true;
  }
}

/** A connection with the token, at the process with this number; it is served there. */
async function request(index: number, token: string): Promise<void> {
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    labs[index]?.stream((_, answer) => void answer.end('an answer'))(incoming, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await (await fetch(`http://127.0.0.1:${port}/stream?lab=${token}.prices`)).text();
  server.closeAllConnections();
  server.close();
}

const first = (): Lab => labs[0] as Lab; // made above

test('a connection is told of whichever process it is with, each under a number of its own', async () => {
  const token = newToken();
  const sink = new Sink();
  const watch = await first().watchEverywhere(token, Number.POSITIVE_INFINITY, () => sink);
  assert.match(sink.text, /^event: watching\n/);
  assert.deepEqual(
    labs.map((lab) => lab.watches),
    [1, 1, 1],
  );
  for (let index = 0; index < COUNT; index++) await request(index, token);
  await until(() => (sink.text.match(/event: closed/g) ?? []).length === COUNT);
  const numbers = [...sink.text.matchAll(/event: connected\ndata: \{"connection":(\d+)/g)].map(([, number]) => number);
  assert.equal(new Set(numbers).size, COUNT);
  assert.equal((sink.text.match(/event: watching/g) ?? []).length, 1);
  watch.end('left');
  await until(() => labs.every((lab) => lab.watches === 0));
});

test('what one process refuses is refused, and none goes on watching', async () => {
  const token = newToken();
  const busy = labs[2]?.watch(token, Number.POSITIVE_INFINITY, () => new Sink());
  await assert.rejects(
    first().watchEverywhere(token, Number.POSITIVE_INFINITY, () => new Sink()),
    (error) => error instanceof Refusal && error.code === 'lab-taken',
  );
  await until(() => labs[1]?.watches === 0);
  assert.equal(first().watches, 0);
  busy?.end('left');
});

test('when one process stops, the watch ends and says why', async () => {
  const sink = new Sink();
  await first().watchEverywhere(newToken(), Number.POSITIVE_INFINITY, () => sink);
  labs[1]?.close();
  await until(() => sink.ended);
  assert.match(sink.text, /event: end\ndata: \{"reason":"worker-gone"\}/);
  await until(() => labs.every((lab) => lab.watches === 0));
});

test('a process that is not there is told of at once', async () => {
  const neighbours = { index: 0, count: 2, sockets: [join(folder, 'nobody.sock')] };
  const lab = new Lab({ clock, watches: 2, bytesPerSecond: 65_536, neighbours });
  await assert.rejects(
    lab.watchEverywhere(newToken(), Number.POSITIVE_INFINITY, () => new Sink()),
    (error) => error instanceof Refusal && error.code === 'worker-gone',
  );
  assert.equal(lab.watches, 0);
});
