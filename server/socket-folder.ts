import { once } from 'node:events';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'towncrier-sockets-';
const FORM = /^towncrier-sockets-(\d+)-\w+$/;

/**
 * Makes the folder of the sockets by which workers reach each other; only we can enter it. Folders of parents that were
 * killed are removed: those of our own user whose process is gone and in which nobody listens.
 */
export async function makeSocketFolder(place = tmpdir()): Promise<string> {
  // What cannot be removed is no reason not to start.
  await sweep(place).catch(() => undefined);
  return await mkdtemp(join(place, `${NAME}${process.pid}-`));
}

async function sweep(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const pid = Number(FORM.exec(name)?.[1] ?? process.pid);
    if (lives(pid)) continue;
    const folder = join(place, name);
    if (await isDeserted(folder).catch(() => false)) await rm(folder, { recursive: true, force: true });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

/** A container that shares the place with us has process ids of its own: who listens there lives. */
async function isDeserted(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
  const names = await readdir(folder);
  const answered = await Promise.all(names.map((name) => answers(join(folder, name))));
  return !answered.includes(true);
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
