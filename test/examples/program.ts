import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const EXAMPLES = join(import.meta.dirname, '../../examples');
/** A first run brings packages; so long at most, in milliseconds. */
const PREPARE_TIME = 300_000;
/** What an example prints must come within this time, in milliseconds. */
const PRINT_TIME = 120_000;

/** Runs a command in the folder of an example to its end. Throws with what it printed when it fails. */
export function prepare(folder: string, command: string, args: readonly string[]): void {
  const cwd = join(EXAMPLES, folder);
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, timeout: PREPARE_TIME, encoding: 'utf8' });
  if (error) throw new Error(`${command}: ${error.message}. Install it, or leave this test out`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** An example that runs: what it prints, until it is ended. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  #printed = '';
  /** It has ended, and all that it printed is here: that may come after its exit code. */
  #closed = false;
  #came = Promise.withResolvers<void>();

  constructor(folder: string, command: string, args: readonly string[]) {
    const cwd = join(EXAMPLES, folder);
    // What is said here is not all ASCII.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' };
    // A group of its own: what runs a program for us ends together with it.
    this.#child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const take = (chunk: Buffer): void => {
      this.#printed += chunk.toString();
      this.#came.resolve();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    this.#child.on('error', (error) => take(Buffer.from(`${error.message}\n`)));
    this.#child.on('close', () => {
      this.#closed = true;
      this.#came.resolve();
    });
  }

  get printed(): string {
    return this.#printed;
  }

  /** Waits until it has printed this. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    const late = AbortSignal.timeout(PRINT_TIME);
    for (;;) {
      const found = pattern.exec(this.#printed);
      if (found !== null) return found;
      if (this.#closed || late.aborted) throw new Error(`it did not print ${pattern}:\n${this.#printed}`);
      this.#came = Promise.withResolvers();
      await Promise.race([this.#came.promise, once(late, 'abort')]);
    }
  }

  /** Waits for its end; returns its exit code. */
  async ended(): Promise<number | null> {
    if (!this.#closed) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const closed = once(this.#child, 'close');
    process.kill(-pid, 'SIGKILL');
    await closed;
  }
}
