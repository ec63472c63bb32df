import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Settings } from '../../server/config/settings.ts';
import { json, TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

let script: string;
let commands: readonly string[];

before(async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/bots.md'), 'utf8');
  script = /^```python\n# bot\.py\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, command = '']) => command);
});

async function withApp(settings: Partial<Settings>, run: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await TestApp.start(settings);
  try {
    await run(app);
  } finally {
    await app.close();
  }
}

/** What a program prints, and how it ends. */
async function ran(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<[string, string, number]> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return [out, err, code];
}

const bot = (text: string, env: Record<string, string>) => ran('python3', ['-c', script, text], env);

async function said(app: TestApp, headers: Record<string, string> = {}): Promise<string[]> {
  const { messages } = await json(app.get('/api/chat/messages', headers));
  return messages.map(({ sender, content }: { sender: string; content: string }) => `${sender}: ${content}`);
}

test('the commands of curl say something, as a guest and with a token', async () => {
  assert.equal(commands.length, 2);
  for (const [at, settings] of ([{}, { AUTH: 'jwt', JWT_SECRET: SECRET }] as const).entries()) {
    await withApp(settings, async (app) => {
      const TOKEN = await makeToken();
      const command = (commands[at] ?? '')
        .replace('http://localhost:8080', app.url)
        .replace('$(uuidgen)', 'a-key-of-the-test');
      const [first] = await ran('/bin/sh', ['-c', command], { TOKEN });
      assert.match(first, /"seq":1,"id":"a-key-of-the-test"/);
      assert.deepEqual(await ran('/bin/sh', ['-c', command], { TOKEN }).then(([again]) => again), first);
      assert.deepEqual(await said(app, { authorization: `Bearer ${TOKEN}` }), [
        `${at === 0 ? 'weather' : 'Ann'}: It will rain.`,
      ]);
    });
  }
});

test('the bot says something, as a guest and with a token, and says why it may not', async () => {
  await withApp({}, async (app) => {
    assert.deepEqual(await bot('Grüße', { SERVER: app.url }), ['1\n', '', 0]);
    assert.deepEqual(await said(app), ['weather: Grüße']);
  });
  await withApp({ AUTH: 'jwt', JWT_SECRET: SECRET }, async (app) => {
    const TOKEN = await makeToken();
    assert.deepEqual(await bot('Grüße', { SERVER: app.url, TOKEN }), ['1\n', '', 0]);
    const [, why, code] = await bot('Grüße', { SERVER: app.url });
    assert.match(why, /"code":"sign-in-needed"/);
    assert.equal(code, 1);
  });
});

test('what is answered with store-unknown, or not at all, is said once', () =>
  withApp({}, async (app) => {
    let requests = 0;
    // Passes on each request, and spoils the first two answers.
    const proxy = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': `${request.headers['idempotency-key']}`,
      };
      const answer = await fetch(app.url + request.url, { method: 'POST', headers, body: Buffer.concat(chunks) });
      requests++;
      if (requests === 1) response.writeHead(503, { 'Retry-After': '0' }).end('{"code":"store-unknown","message":""}');
      else if (requests === 2) response.destroy();
      else response.writeHead(answer.status).end(await answer.text());
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    // It listens at a TCP port, so its address is not a path.
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const [seq, why, code] = await bot('once', { SERVER: url });
      assert.deepEqual([seq, code, requests], ['1\n', 0, 3], why);
      assert.deepEqual(await said(app), ['weather: once']);
    } finally {
      proxy.close();
    }
  }));
