import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestApp } from '../support/test-app.ts';
import { chats } from './chats.ts';
import { Program, prepare } from './program.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let python: string;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-python-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  app = await TestApp.start({ MARKET_SOURCE: 'simulator' });
  stack.defer(() => app.close());
  prepare('python', 'python3', ['-m', 'venv', folder]);
  python = join(folder, 'bin', 'python');
  prepare('python', python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt']);
});
after(() => stack.disposeAsync());

test('stomp.py chats both ways over a WebSocket', () =>
  chats(app, 'python', python, (...said) => ['chat.py', ...said]));

test('Python reads prices with its standard library', async () => {
  await using program = new Program('python', python, ['prices.py', app.url]);
  await program.prints(/^BTC-USD \d+/m);
  await program.prints(/^ETH-USD \d+/m);
});
