import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { buildImage, type Image } from './image-build.ts';

const ROOT = join(import.meta.dirname, '../..');
/** So long the server may take to start, in milliseconds. */
const START_LIMIT = 120_000;

let folder: string;
let image: Image;
let server: ChildProcess;
let port: number;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-image-'));
  image = buildImage(ROOT, folder);
  port = await freePort();
  const own = { PORT: `${port}`, ADMIN_PORT: `${await freePort()}`, DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' };
  env = { ...image.env, ...own, HOST: '127.0.0.1', PATH: dirname(process.execPath) };
  // Ends with the test, even when that is killed.
  const command = ['--pdeathsig', 'SIGKILL', process.execPath, ...image.command.slice(1)];
  server = spawn('/usr/bin/setpriv', command, { cwd: image.folder, env, stdio: 'ignore' });
});

after(async () => {
  if (server?.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit');
  if (folder) await rm(folder, { recursive: true, force: true });
});

function healthy(): boolean {
  const [, ...args] = image.healthCheck;
  return spawnSync(process.execPath, args, { cwd: image.folder, env }).status === 0;
}

test("the image's own steps make a server that its health check finds ready", () => {
  assert.equal(image.command[0], 'node');
  assert.equal(image.healthCheck[0], 'node');
  const end = performance.now() + START_LIMIT;
  let ready = healthy();
  while (!ready && performance.now() < end) ready = healthy();
  assert.ok(ready);
});

test('the page is in the image', async () => {
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(page.status, 200);
  const script = /src="(\/assets\/[^"]+)"/.exec(await page.text())?.[1];
  assert.equal((await fetch(`http://127.0.0.1:${port}${script}`)).status, 200);
});

test('the image has neither the tools that build the page nor a second Node', () => {
  for (const tool of ['vite', 'typescript', '@biomejs/biome', 'playwright-core']) {
    assert.equal(existsSync(join(image.folder, 'node_modules', tool, 'package.json')), false, tool);
  }
  assert.deepEqual(globSync('node_modules/{node-*-x64,node-*-arm64,.bin/node}', { cwd: image.folder }), []);
});

test('the health check fails once the server has stopped, which SIGTERM does in good order', async () => {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
  assert.equal(healthy(), false);
});
