import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestApp } from '../support/test-app.ts';
import { chats } from './chats.ts';
import { prepare } from './program.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let program: string;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-go-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  app = await TestApp.start();
  stack.defer(() => app.close());
  program = join(folder, 'chat');
  prepare('go', 'go', ['build', '-o', program, '.']);
});
after(() => stack.disposeAsync());

test('go-stomp chats both ways over a WebSocket', () => chats(app, 'go', program, (...said) => said));
