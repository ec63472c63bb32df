import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../server/config/settings.ts';
import { TestApp } from '../support/test-app.ts';

/** A whole server in this process, without the limits that would refuse a fuzzer before anything has read its input. */
export class Target implements AsyncDisposable {
  readonly port: number;
  readonly #app: TestApp;
  readonly #page: string;
  readonly #errors: unknown[];

  private constructor(app: TestApp, page: string, errors: unknown[]) {
    this.#app = app;
    this.#page = page;
    this.#errors = errors;
    this.port = app.app.port;
  }

  static async start(settings: Partial<Settings> = {}): Promise<Target> {
    const page = await mkdtemp(join(tmpdir(), 'towncrier-page-'));
    await mkdir(join(page, 'assets'));
    await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(page, 'assets', 'a.js'), 'export {};\n');
    const errors: unknown[] = [];
    const ignore = (): void => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: (fields: unknown) => void errors.push(fields) };
    const app = await TestApp.start({ ...unlimited, ...settings }, { log, page });
    return new Target(app, page, errors);
  }

  /** Throws when the server has logged an error, or does not answer any more. */
  async check(): Promise<void> {
    if (this.#errors.length > 0) throw new Error(`the server logged an error: ${String(describe(this.#errors[0]))}`);
    const { status } = await this.#app.get('/api/info');
    if (status !== 200) throw new Error(`the server answers with ${status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app.close();
    await rm(this.#page, { recursive: true, force: true });
  }
}

const unlimited: Partial<Settings> = {
  CHAT_RATE_LIMIT: 0,
  TYPING_RATE_LIMIT: 0,
  REQUEST_RATE_LIMIT: 0,
  SOCKJS_RATE_LIMIT: 0,
  CONNECT_RATE_LIMIT: 0,
  MAX_CONNECTIONS_PER_ADDRESS: 0,
  SOCKJS_MAX_SESSIONS: 0,
  SOCKJS_MAX_SESSIONS_PER_ADDRESS: 0,
  MARKET_SOURCE: 'simulator',
  MARKET_TICKS_PER_SECOND: 2,
};

function describe(fields: unknown): unknown {
  return typeof fields === 'object' && fields !== null && 'err' in fields && fields.err instanceof Error
    ? fields.err.stack
    : JSON.stringify(fields);
}
