import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type App, startApp } from '../../server/app.ts';
import { systemClock } from '../../server/clock.ts';
import { loadSettings } from '../../server/config/load.ts';
import type { Settings } from '../../server/config/settings.ts';
import type { AppOptions } from '../../server/start.ts';
import { temporaryFolder } from './temporary-folder.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Settings for an instance beside others: free ports of this machine alone, no market. */
export function testSettings(changes: Partial<Settings> = {}): Settings {
  const { settings } = loadSettings({});
  if (settings === undefined) throw new Error('the defaults are wrong');
  return { ...settings, HOST: '127.0.0.1', PORT: 0, ADMIN_PORT: 0, MARKET_SOURCE: 'off', ...changes };
}

export function testOptions(changes: Partial<AppOptions> = {}): AppOptions {
  return {
    log: silent,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    version: '1.2.3',
    page: '/nowhere',
    processMetrics: false,
    ...changes,
  };
}

/** A whole instance in this process, with a data folder of its own. */
export class TestApp {
  readonly app: App;
  readonly url: string;
  readonly adminUrl: string;
  readonly #folder: string;

  private constructor(app: App, folder: string) {
    this.app = app;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${app.port}`;
    this.adminUrl = `http://127.0.0.1:${app.adminPort}`;
  }

  static async start(settings: Partial<Settings> = {}, options: Partial<AppOptions> = {}): Promise<TestApp> {
    const folder = await temporaryFolder('test');
    const app = await startApp(testSettings({ DATA_DIR: folder, ...settings }), testOptions(options));
    return new TestApp(app, folder);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers });
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(this.url + path, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** An answer as JSON, of whatever shape: what a test says of it is the check. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export async function json(response: Response | Promise<Response>): Promise<any> {
  return (await response).json();
}
