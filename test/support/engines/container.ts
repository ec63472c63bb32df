import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { freeze } from '../freeze.ts';

/** All containers of tests have it; its value is the process that they belong to. */
const LABEL = 'towncrier-test';

export interface ContainerPlan {
  readonly image: string;
  /** Reached at 127.0.0.1 under the same number as inside. */
  readonly ports: readonly number[];
  /** A folder of this machine that has the same path inside. */
  readonly folder: string;
  /** Docker's own options besides. */
  readonly options?: readonly string[];
  /** What runs inside, with its arguments. */
  readonly command: readonly string[];
  readonly output: 'pipe' | number;
}

/** The containers that run, by the `docker run` that stands for each. */
const containers = new WeakMap<ChildProcess, string>();
let answered: boolean | undefined;

/** Whether a Docker engine answers; asked once, and what earlier runs left behind is removed then. */
export function hasDocker(): boolean {
  if (answered === undefined) {
    answered = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
    if (answered) sweep();
  }
  return answered;
}

/** Runs an engine as a container that is removed when it ends, and that ends with this process, however that ends. */
export function startContainer({ image, ports, folder, options = [], command, output }: ContainerPlan): ChildProcess {
  const name = `${LABEL}-${randomUUID()}`;
  const published = ports.flatMap((port) => ['-p', `127.0.0.1:${port}:${port}`]);
  const own = ['--rm', '--name', name, '--label', `${LABEL}=${process.pid}`, '-v', `${folder}:${folder}`];
  const args = ['run', ...own, ...asOurselves(folder), ...published, ...options, image, ...command];
  const child = spawn('docker', args, { stdio: ['ignore', output, output] });
  containers.set(child, name);
  watch(name, child);
  return child;
}

/** What the engine writes has to be ours, so that we can remove it. Root lets the image have its own user, who has to get in. */
function asOurselves(folder: string): string[] {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user !== undefined && user !== 0) return ['--user', `${user}:${group}`];
  chmodSync(folder, 0o777);
  return [];
}

/** Ends an engine as a crash does, be it a process or a container. Its data stay. */
export function killEngine(child: ChildProcess): void {
  const name = containers.get(child);
  if (name === undefined) child.kill('SIGKILL');
  // Where there is no such container any more, its `docker run` has ended or is about to.
  else execFile('docker', ['kill', name], () => undefined);
}

/** It keeps its connections and answers nothing. */
export function freezeEngine(child: ChildProcess | undefined): void {
  const name = child && containers.get(child);
  if (name === undefined) freeze(child);
  else execFileSync('docker', ['pause', name], { stdio: 'ignore' });
}

export function thawEngine(child: ChildProcess | undefined): void {
  const name = child && containers.get(child);
  if (name === undefined) child?.kill('SIGCONT');
  else execFileSync('docker', ['unpause', name], { stdio: 'ignore' });
}

/** A process of its own, which removes the container when this one is gone without having done so. */
function watch(name: string, child: ChildProcess): void {
  const script = 'while kill -0 "$0" 2>/dev/null; do sleep 1; done; docker rm -f "$1"';
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/bin:/bin` };
  const watcher = spawn('/bin/sh', ['-c', script, `${process.pid}`, name], { stdio: 'ignore', detached: true, env });
  watcher.unref();
  child.once('exit', () => watcher.kill());
}

/** Removes containers whose process is gone: those of a machine that went down with its watchers. */
function sweep(): void {
  const list = ['ps', '-a', '--filter', `label=${LABEL}`, '--format', `{{.Names}} {{.Label "${LABEL}"}}`];
  for (const line of execFileSync('docker', list, { encoding: 'utf8' }).split('\n')) {
    const [name = '', pid = ''] = line.split(' ');
    if (name.startsWith(LABEL) && !lives(Number(pid))) spawnSync('docker', ['rm', '-f', name], { stdio: 'ignore' });
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
