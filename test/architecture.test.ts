import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { type Source, violations } from './support/architecture.ts';

const SERVER = join(import.meta.dirname, '..', 'server');

function sources(): Source[] {
  return readdirSync(SERVER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(SERVER, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }));
}

test('the server keeps to the directions and habits of the architecture', () => {
  const all = sources();
  assert.ok(all.length > 50, 'the sources were found');
  assert.deepEqual(violations(all), []);
});

const right: readonly (readonly [path: string, text: string])[] = [
  ['hub/pass.ts', "import type { Clock } from '../clock.ts';\nimport { Client } from './client.ts';"],
  ['chat/chat.ts', "import type { MessageStore } from '../engines/message-store.ts';\nimport Type from 'typebox';"],
  ['engines/embedded/ring.ts', "import type { TickLog } from '../tick-log.ts';\nimport { x } from './x.ts';"],
  ['destinations/chat.ts', "import type { Topic } from '../session/destinations.ts';"],
  ['protocol/stomp/frame.ts', "import { x } from '../sse/event.ts';\nimport { y } from 'node:util';"],
  ['app.ts', "import { x } from './engines/embedded/x.ts';\nsetTimeout(x, 1);"],
  ['chat/chat.ts', '// not console.log, nor process.env\n/** Date.now() */\nsocket.setTimeout(0);'],
  ['engines/embedded/thread.ts', "import { workerData } from 'node:worker_threads';\nDate.now();"],
  ['http/info.ts', "const site = 'https://example.org';\nreply.send(site);"],
];
for (const [path, text] of right) {
  test(`the checker lets pass: ${path} ${JSON.stringify(text)}`, () => {
    assert.deepEqual(violations([{ path, text }]), []);
  });
}

const wrong: readonly (readonly [path: string, text: string, says: string])[] = [
  ['protocol/stomp/frame.ts', "import { Hub } from '../../hub/hub.ts';", 'imports hub/hub.ts'],
  ['protocol/stomp/frame.ts', "import { Refusal } from '../../errors.ts';", 'imports errors.ts'],
  ['protocol/stomp/frame.ts', "import { WebSocket } from 'ws';", 'imports the package ws'],
  ['hub/hub.ts', "import type {\n  Session,\n} from '../session/session.ts';", 'imports session/session.ts'],
  ['hub/hub.ts', "export type { Session } from '../session/session.ts';", 'imports session/session.ts'],
  ['chat/chat.ts', "import { x } from '../engines/embedded/store.ts';", 'imports engines/embedded/store.ts'],
  ['chat/chat.ts', "import { x } from '../market/market.ts';", 'imports market/market.ts'],
  ['chat/chat.ts', "const x = await import('../market/market.ts');", 'imports market/market.ts'],
  ['market/feed.ts', "import { startApp } from '../app.ts';", 'imports app.ts'],
  ['engines/tick-log.ts', "import { x } from './embedded/x.ts';", 'imports engines/embedded/x.ts'],
  ['engines/redis/bus.ts', "import { x } from '../embedded/x.ts';", 'imports engines/embedded/x.ts'],
  ['engines/embedded/x.ts', "new Worker(new URL('../redis/y.ts', import.meta.url))", 'imports engines/redis/y.ts'],
  ['http/rest.ts', "import { SseEndpoint } from '../transports/sse.ts';", 'imports transports/sse.ts'],
  [
    'destinations/a.ts',
    "import { Session } from '../session/session.ts';",
    'imports more than types of session/session.ts',
  ],
  ['misc/things.ts', '', 'has no place in the architecture'],
  ['stray.ts', '', 'has no place in the architecture'],
  ['chat/chat.ts', 'const url = process.env.URL;', 'takes the environment by itself'],
  ['chat/chat.ts', 'console.log(1);', 'takes the console by itself'],
  ['chat/chat.ts', 'const now = Date.now();', 'takes the time by itself'],
  ['chat/chat.ts', 'const now = new Date();', 'takes the time by itself'],
  ['chat/chat.ts', 'setImmediate(go);', 'takes a timer by itself'],
  ['chat/chat.ts', 'const id = randomUUID();', 'takes randomness by itself'],
  ['chat/chat.ts', 'export default function chat() {}', 'has a default export'],
  ['chat/chat.ts', 'let count = 0;', 'keeps state in the module'],
  ['chat/index.ts', '', 'is a drawer for things and not one thing'],
  ['chat/utils.ts', '', 'is a drawer for things and not one thing'],
  ['chat/chat.ts', '\n'.repeat(400), 'has more than 400 lines'],
];
for (const [path, text, says] of wrong) {
  test(`the checker finds: ${path} ${says}`, () => {
    assert.deepEqual(violations([{ path, text }]), [`${path}: ${says}`]);
  });
}
