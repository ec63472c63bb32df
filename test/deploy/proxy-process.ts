import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';

const CONFIG = join(import.meta.dirname, '../../deploy/haproxy.cfg');

/** HAProxy with the configuration that is deployed; only addresses and the number of connections are of this machine. */
export class ProxyProcess {
  readonly url: string;
  readonly healthUrl: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #log = '';

  private constructor(port: number, healthPort: number, folder: string, child: ChildProcess) {
    this.url = `http://127.0.0.1:${port}`;
    this.healthUrl = `http://127.0.0.1:${healthPort}/health`;
    this.#folder = folder;
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  /** Starts it in front of instances that answer everything, their health too, on one port each. */
  static async start(ports: readonly number[]): Promise<ProxyProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'towncrier-proxy-'));
    const [port, healthPort] = [await freePort(), await freePort()];
    let config = readFileSync(CONFIG, 'utf8')
      .replace('bind :8080', `bind 127.0.0.1:${port}`)
      .replace('bind :8404', `bind 127.0.0.1:${healthPort}`)
      .replace('check port 9090', 'check')
      .replace('maxconn 120000', 'maxconn 1000');
    for (const [index, instance] of ports.entries())
      config = config.replaceAll(`app-${index + 1}:8080`, `127.0.0.1:${instance}`);
    const file = join(folder, 'haproxy.cfg');
    await writeFile(file, config);
    const env = { PATH: `${process.env.PATH}:/usr/sbin` };
    // Ends with the test, even when that is killed.
    const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'SIGKILL', 'haproxy', '-db', '-f', file], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const proxy = new ProxyProcess(port, healthPort, folder, child);
    await proxy.#ready();
    return proxy;
  }

  /** What it has logged so far. */
  get log(): string {
    return this.#log;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await once(this.#child, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 1_200; tries++) {
      if (this.#child.exitCode !== null) throw new Error('HAProxy does not take its configuration');
      const health = await fetch(this.healthUrl).catch(() => undefined);
      if (health?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('HAProxy did not start');
  }
}
