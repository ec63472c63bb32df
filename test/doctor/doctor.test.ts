import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadSettings } from '../../server/config/load.ts';
import { withoutSecrets } from '../../server/doctor/secrets.ts';
import { freePort } from '../support/free-port.ts';
import { TestApp } from '../support/test-app.ts';

const DOCTOR = join(import.meta.dirname, '../../server/doctor.ts');
const app = await TestApp.start();
after(() => app.close());

/** Runs it as a person does. */
function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: unknown; readonly output: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const environment = { PATH, NODE_COMPILE_CACHE, DATA_DIR: join(tmpdir(), 'towncrier-doctor-none'), ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [DOCTOR, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test('a deployment in order ends with 0, each line with its level', async () => {
  const { code, output } = await doctor([app.url]);
  assert.equal(code, 0, output);
  for (const what of ['Settings', 'Node', 'File limit', 'DATA_DIR', 'Server', 'Instances', 'WebSocket', 'Stream'])
    assert.match(output, new RegExp(`^(?:ok|warn) +${what}  — .+$`, 'm'));
  assert.doesNotMatch(output, /^fail/m);
});

test('engines that are away end with 1, and no password is printed', async () => {
  const port = await freePort();
  const { code, output } = await doctor([], {
    MYSQL_URL: `mysql://user:geheim1@127.0.0.1:${port}/chat`,
    REDIS_URL: `redis://:geheim2@127.0.0.1:${port}`,
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    KAFKA_SASL: 'PLAIN',
    KAFKA_USERNAME: 'user',
    KAFKA_PASSWORD: 'geheim3',
  });
  assert.equal(code, 1);
  for (const engine of ['MySQL', 'Redis', 'Kafka']) assert.match(output, new RegExp(`^fail +${engine} `, 'm'));
  assert.doesNotMatch(output, /geheim/);
});

test('settings that are wrong end with 1 and are named, without what is secret', async () => {
  const { code, output } = await doctor([], { PORT: 'eighty', MYSQL_URL: 'geheim' });
  assert.equal(code, 1);
  assert.match(output, /^fail +Settings {2}— PORT=eighty/m);
  assert.doesNotMatch(output, /geheim/);
});

test('a wrong use ends with 2 and says the right one', async () => {
  for (const args of [['--quick'], ['ftp://host'], ['http://'], ['https://a', 'https://b']]) {
    const { code, output } = await doctor(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(output, /^Usage: npm run doctor/);
  }
});

test('passwords are taken out of any text, as they are written in a URL and as they are meant', () => {
  const { settings } = loadSettings({
    MYSQL_URL: 'mysql://user:a%40bc@host/db',
    REDIS_URL: 'redis+sentinel://u:first@host/main?sentinelUsername=s&sentinelPassword=second',
    KAFKA_PASSWORD: 'third',
  });
  assert.ok(settings !== undefined);
  const hide = withoutSecrets(settings);
  assert.equal(hide('a%40bc a@bc first second third host'), `${'(hidden) '.repeat(5)}host`);
});

test('the address of an engine without a password is shown', () => {
  const { settings } = loadSettings({ REDIS_URL: 'redis://cache:6379' });
  assert.ok(settings !== undefined);
  assert.equal(withoutSecrets(settings)('redis://cache:6379 answers'), 'redis://cache:6379 answers');
});
