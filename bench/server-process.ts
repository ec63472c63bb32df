import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One server under test in a process of its own, pinned to the first core. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** How long a server may take to listen, in milliseconds. */
const START_TIME = 120_000;

/** Starts a program that prints `{"port":…}` when it listens. */
export async function startServer(command: string, args: readonly string[]): Promise<ServerProcess> {
  const child = spawn('taskset', ['-c', '0', command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const late = setTimeout(() => child.kill('SIGKILL'), START_TIME);
  const port = await announcedPort(child, command);
  clearTimeout(late);
  // taskset replaces itself by the server, so the child's id is the server's.
  return { pid: child.pid ?? 0, port, stop: () => stop(child) };
}

async function announcedPort(child: ChildProcess, command: string): Promise<number> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{"port"')) return (JSON.parse(line) as { port: number }).port; // every server here prints this
  }
  throw new Error(`${command} ended before it listened`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
