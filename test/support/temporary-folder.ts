import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Its standard input ends when this process does, however that ends. What wrote into a folder may take a moment to end too, and
 * is asked to be patient with.
 */
const REMOVER = `while IFS= read -r folder; do set -- "$@" "$folder"; done
for pause in 0 1 2 4; do sleep $pause; rm -rf -- "$@" && exit; done`;

let remover: Socket | undefined;

/**
 * A new folder for what a test writes. Who made it removes it; where this process is killed before that, a process of its own
 * does.
 */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `towncrier-${name}-`));
  remover ??= startRemover();
  remover.write(`${folder}\n`);
  return folder;
}

/** By itself, so that a Ctrl-C at the terminal does not end it too; nothing waits for it. */
function startRemover(): Socket {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/bin:/bin` };
  const child = spawn('/bin/sh', ['-c', REMOVER, 'sh'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env });
  child.unref();
  // The pipe to a child is a socket in Node: as such it can be told not to keep this process.
  const told = child.stdin as Socket;
  told.on('error', () => undefined);
  told.unref();
  return told;
}
