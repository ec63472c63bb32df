import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pkg from '../package.json' with { type: 'json' };
import { freePort } from './support/free-port.ts';

const MAIN = join(import.meta.dirname, '..', 'server', 'main.ts');
/** What one server has compiled the next need not. */
const COMPILED = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'towncrier-compiled') };

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-main-'));
});
after(() => rm(folder, { recursive: true }));

/** The server as its user starts it, with what it writes. */
class Run {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly #ended: Promise<unknown>;

  constructor(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const own = { HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' };
    this.child = spawn(process.execPath, [MAIN, ...flags], {
      env: { ...COMPILED, ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.out += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.err += chunk;
    });
    this.#ended = once(this.child, 'close');
  }

  /** The exit code, once all that it wrote is here. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  /** Waits until it has written this. */
  async said(text: RegExp): Promise<void> {
    while (!text.test(this.out)) {
      if (this.child.exitCode !== null || this.child.stdout === null) throw new Error(`it ended: ${this.err}`);
      await once(this.child.stdout, 'data');
    }
  }

  /** Waits for the line that says where it is; returns the two addresses. */
  async started(): Promise<readonly string[]> {
    while (!this.out.includes('(admin ')) {
      if (this.child.exitCode !== null || this.child.stdout === null) throw new Error(`it ended: ${this.err}`);
      await once(this.child.stdout, 'data');
    }
    return this.out.match(/http:\/\/[^\s)]+/g) ?? [];
  }
}

test('--help prints the settings, --version the version, and both end with 0', async () => {
  const help = new Run(['--help']);
  assert.equal(await help.ended(), 0);
  assert.match(help.out, /MARKET_TICKS_PER_SECOND/);
  const version = new Run(['--version']);
  assert.equal(await version.ended(), 0);
  assert.equal(version.out, `${pkg.version}\n`);
});

test('--check ends with 0 where the settings are right, and starts nothing', async () => {
  const run = new Run(['--check'], { PORT: '1' });
  assert.equal(await run.ended(), 0);
  assert.equal(run.err, '');
});

for (const flags of [[], ['--check']]) {
  test(`wrong settings are all named, and it ends with 2 (${flags.join() || 'no flag'})`, async () => {
    const run = new Run(flags, { PORT: 'eighty', CHAT_ROOMS: 'help', LOG_LEVEL: 'loud' });
    assert.equal(await run.ended(), 2);
    assert.equal(run.out, '');
    const lines = run.err.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(run.err, /^towncrier: PORT=eighty: must be a whole number from 0 to 65535$/m);
    assert.match(run.err, /^towncrier: CHAT_ROOMS=help: .*global comes first$/m);
    assert.match(run.err, /^towncrier: LOG_LEVEL=loud: must be one of /m);
  });
}

test('an unknown flag ends with 2 and points to --help', async () => {
  const run = new Run(['--port=80']);
  assert.equal(await run.ended(), 2);
  assert.match(run.err, /--port=80.*--help/);
});

test('a port in use is one line, and it ends with 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number }; // it listens on TCP
  const run = new Run([], { PORT: `${port}` });
  assert.equal(await run.ended(), 1);
  assert.match(
    run.err,
    new RegExp(`^towncrier: cannot listen at 127\\.0\\.0\\.1, PORT=${port}: the port is in use.*\n$`),
  );
  server.close();
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`it says where it is, serves, and on ${signal} ends with 0`, async () => {
    const port = await freePort();
    const run = new Run([], { PORT: `${port}` });
    const [url = '', admin = ''] = await run.started();
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.equal((await fetch(`${url}/api/info`)).status, 200);
    assert.equal((await fetch(`${admin}/health/ready`)).status, 200);
    assert.match(await (await fetch(`${admin}/metrics`)).text(), /^process_cpu_seconds_total /m);
    const stream = await fetch(`${url}/stream`);
    run.child.kill(signal);
    // npm passes on what the whole process group had already.
    run.child.kill(signal);
    assert.equal(await run.ended(), 0);
    await stream.text();
    assert.equal(run.err, '');
  });
}

test('a second signal, a while after the first, ends it at once', async () => {
  // The stop waits for load balancers, longer than any test.
  const run = new Run([], { DRAIN_DELAY: '300', LOG_LEVEL: 'info' });
  await run.started();
  run.child.kill('SIGTERM');
  // Else it may get both at the same time, and take them for one.
  await run.said(/"stopping"/);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  run.child.kill('SIGTERM');
  assert.equal(await run.ended(), 1);
});

const AWAY: readonly (readonly [env: Record<string, string>, says: RegExp])[] = [
  [
    { MYSQL_URL: 'mysql://root:secret@127.0.0.1:1' },
    /^towncrier: cannot use the database mysql:\/\/127\.0\.0\.1:1\/websockets_db.*ECONNREFUSED.*: start it, or correct MYSQL_URL/,
  ],
  [
    { REDIS_URL: 'redis://:secret@127.0.0.1:1' },
    /^towncrier: Redis does not answer at .*127\.0\.0\.1:1.*ECONNREFUSED.*: start it, or correct REDIS_URL/,
  ],
  [
    { KAFKA_BROKERS: '127.0.0.1:1', KAFKA_SASL: 'PLAIN', KAFKA_USERNAME: 'ann', KAFKA_PASSWORD: 'secret' },
    /^towncrier: Kafka does not answer at 127\.0\.0\.1:1 within 1 s .*ECONNREFUSED.*: start it, or correct KAFKA_BROKERS/,
  ],
];
for (const [env, says] of AWAY) {
  const name = Object.keys(env)[0];
  test(`a start that waits for ${name} in vain ends with 1 and one line that says what to do`, async () => {
    const run = new Run([], { ...env, START_WAIT: '1' });
    assert.equal(await run.ended(), 1);
    assert.match(run.err, says);
    assert.doesNotMatch(run.err, /\n./);
    assert.doesNotMatch(run.err + run.out, /secret/);
  });

  test(`a start that waits for ${name} says so, and SIGTERM ends it with 0`, async () => {
    const run = new Run([], { ...env, LOG_LEVEL: 'warn' });
    await run.said(/waiting for/);
    run.child.kill('SIGTERM');
    assert.equal(await run.ended(), 0);
    assert.equal(run.err, '');
  });
}
