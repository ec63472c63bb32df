import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeDockerStandIn } from './docker-stand-in.ts';

const PROCESS = join(import.meta.dirname, 'engines-process.ts');
/** What was killed is gone after so long, in milliseconds, or stays. */
const LIMIT = 60_000;

let folder: string;
before(async () => {
  folder = await temporaryFolder('killed');
});
after(() => rmSync(folder, { recursive: true, force: true }));

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
}

/** Runs all engines in a process with this PATH, kills it, and waits until nothing of it is left. */
async function killedLeavesNothing(path: string): Promise<void> {
  const place = join(folder, 'tmp');
  mkdirSync(place, { recursive: true });
  const env = { ...process.env, TMPDIR: place, PATH: path };
  const run = spawn(process.execPath, [PROCESS], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(run.stdout), 'line');
  const ports: number[] = JSON.parse(line);
  assert.deepEqual(await Promise.all(ports.map(listens)), [true, true, true, true]);
  assert.ok(readdirSync(place).length >= 4);
  run.kill('SIGKILL');
  const end = performance.now() + LIMIT;
  const left = async (): Promise<unknown[]> => {
    const open = await Promise.all(ports.map(listens));
    return [...ports.filter((_, index) => open[index]), ...readdirSync(place)];
  };
  while ((await left()).length > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(await left(), []);
}

test('a run that is killed leaves no engine, no server and no folder behind', () =>
  killedLeavesNothing(process.env.PATH ?? ''));

test('nor does one whose engines are containers', async () => {
  await makeDockerStandIn(folder);
  await killedLeavesNothing(folder);
});
