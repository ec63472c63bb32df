import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeSocketFolder } from '../server/socket-folder.ts';

let place: string;
/** A process that has ended. */
const dead = spawnSync(process.execPath, ['--version']).pid;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
});
after(() => rm(place, { recursive: true, force: true }));

async function makeFolderOf(pid: number, ending: string): Promise<string> {
  const folder = join(place, `towncrier-sockets-${pid}-${ending}`);
  await mkdir(folder);
  return folder;
}

test('only we can enter the folder, and its name holds our process id', async () => {
  const folder = await makeSocketFolder(place);
  assert.match(basename(folder), new RegExp(`^towncrier-sockets-${process.pid}-`));
  assert.equal((await stat(folder)).mode & 0o077, 0);
});

test('the folder of a parent that was killed is removed by the next one; nothing else is', async () => {
  const left = await makeFolderOf(dead, 'left');
  await writeFile(join(left, '0.sock'), '');
  const living = await makeFolderOf(process.ppid, 'living');
  const served = await makeFolderOf(dead, 'served');
  const server = createServer().listen(join(served, '0.sock'));
  await once(server, 'listening');
  const elsewhere = await mkdtemp(join(place, 'elsewhere-'));
  const link = join(place, `towncrier-sockets-${dead}-link`);
  await symlink(elsewhere, link);
  const own = await makeSocketFolder(place);
  server.close();
  const names = await readdir(place);
  assert.ok(!names.includes(basename(left)));
  for (const kept of [living, served, elsewhere, link, own]) assert.ok(names.includes(basename(kept)), kept);
});

test('where the place cannot be read, there is an error that says so', async () => {
  await assert.rejects(makeSocketFolder(join(place, 'nowhere')), /ENOENT/);
});
