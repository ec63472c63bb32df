import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One server under test in a process of its own, pinned to the first core. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts `bench/servers/<name>.ts` and waits until it says where it listens. */
export async function startServer(name: string): Promise<ServerProcess> {
  const script = join(import.meta.dirname, 'servers', `${name}.ts`);
  const child = spawn('taskset', ['-c', '0', process.execPath, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await announcedPort(child, name);
  // taskset replaces itself by the server, so the child's id is the server's.
  return { pid: child.pid ?? 0, port, stop: () => stop(child) };
}

async function announcedPort(child: ChildProcess, name: string): Promise<number> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{"port"')) return (JSON.parse(line) as { port: number }).port; // written by `announce`
  }
  throw new Error(`${name} ended before it listened`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
