import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/observe');

/** A sample of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** Prometheus with the configuration that is deployed; only the addresses and the pace are of this machine. */
export class PrometheusProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #log = '';

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
  }

  /** Scrapes the instances with these admin ports; the last one is the feed. */
  static async start(adminPorts: readonly number[]): Promise<PrometheusProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'towncrier-prometheus-'));
    const targets = adminPorts.map((port) => `127.0.0.1:${port}`);
    const config = (await readFile(join(FOLDER, 'prometheus.yml'), 'utf8'))
      .replace('[app-1:9090, app-2:9090, app-3:9090]', `[${targets.slice(0, -1).join(', ')}]`)
      .replace('[feed:9090]', `[${targets.at(-1)}]`)
      .replaceAll(/_interval: 10s/g, '_interval: 1s');
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, config);
    await cp(join(FOLDER, 'alerts.yml'), join(folder, 'alerts.yml'));
    const port = await freePort();
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`];
    // Ends with the test, even when that is killed.
    const child = spawn(
      '/usr/bin/setpriv',
      ['--pdeathsig', 'SIGKILL', 'prometheus', ...args, `--web.listen-address=127.0.0.1:${port}`],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const prometheus = new PrometheusProcess(port, folder, child);
    await prometheus.#ready();
    return prometheus;
  }

  /** What an expression comes to now. */
  async query(expr: string): Promise<Sample[]> {
    // biome-ignore lint/suspicious/noExplicitAny: the answer is checked by its status.
    const answer: any = await (await this.#get('query', { query: expr })).json();
    if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
    return answer.data.result;
  }

  /** The names of all alerts that it knows. */
  async alerts(): Promise<string[]> {
    const answer = (await (await this.#get('rules', {})).json()) as Rules; // what this call answers with
    return answer.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await once(this.#child, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }

  #get(call: string, query: Record<string, string>): Promise<Response> {
    return fetch(`${this.url}/api/v1/${call}?${new URLSearchParams(query)}`);
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 1_200; tries++) {
      if (this.#child.exitCode !== null) throw new Error(`Prometheus does not take its configuration: ${this.#log}`);
      if ((await fetch(`${this.url}/-/ready`).catch(() => undefined))?.ok === true) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('Prometheus did not start');
  }
}

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { readonly name: string }[] }[] };
}
