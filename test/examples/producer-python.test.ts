import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { produces } from './produces.ts';
import { prepare } from './program.ts';

const folder = 'producers/python';
const stack = new AsyncDisposableStack();
let python: string;

before(async () => {
  const place = await mkdtemp(join(tmpdir(), 'towncrier-python-'));
  stack.defer(() => rm(place, { recursive: true, force: true }));
  prepare(folder, 'python3', ['-m', 'venv', place]);
  python = join(place, 'bin', 'python');
  prepare(folder, python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt']);
});
after(() => stack.disposeAsync());

test('kafka-python writes ticks that come out at /stream', () =>
  produces(folder, python, (...words) => ['producer.py', ...words.map(String)]));
