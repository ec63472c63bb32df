import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { rawRequest } from '../support/raw-http.ts';
import { TestApp } from '../support/test-app.ts';

const HTML = '<!doctype html><title>Town</title><script type="module" src="/assets/main-abc.js"></script>';
const SCRIPT = 'console.log("hello");'.repeat(50);

let folder: string;
let app: TestApp;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-page-'));
  const page = join(folder, 'dist');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(page, 'index.html'), HTML);
  await writeFile(join(page, 'index.html.gz'), gzipSync(HTML));
  await writeFile(join(page, 'assets', 'main-abc.js'), SCRIPT);
  await writeFile(join(page, 'assets', 'main-abc.js.br'), brotliCompressSync(SCRIPT));
  app = await TestApp.start({}, { page });
});
after(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

for (const path of ['/', '/index.html', '/?from=mail']) {
  test(`${path} is the page, asked for again each time by its ETag`, async () => {
    const response = await app.get(path);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.equal(response.headers.get('cache-control'), 'no-cache');
    assert.equal(await response.text(), HTML);
    // Not by fetch, which asks for a fresh answer where it sees this header.
    const condition = `If-None-Match: ${response.headers.get('etag')}\nAccept-Encoding: gzip\nConnection: close\n`;
    const again = await rawRequest(app.app.port, `GET ${path} HTTP/1.1\nHost: x\n${condition}\n`);
    assert.match(again, /^HTTP\/1\.1 304 /);
  });
}

test('files with a hash in their name are kept for ever', async () => {
  const response = await app.get('/assets/main-abc.js');
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(response.headers.get('content-type') ?? '', /javascript/);
  assert.equal(await response.text(), SCRIPT);
});

test('who takes compressed files gets them as they were built, and caches are told', async () => {
  for (const [path, accept, encoding, text] of [
    ['/assets/main-abc.js', 'gzip, br', 'br', SCRIPT],
    ['/', 'gzip', 'gzip', HTML],
    ['/assets/main-abc.js', 'identity', null, SCRIPT],
  ] as const) {
    const response = await app.get(path, { 'accept-encoding': accept });
    assert.equal(response.headers.get('content-encoding'), encoding);
    assert.match(response.headers.get('vary') ?? '', /accept-encoding/i);
    assert.equal(await response.text(), text);
  }
});

test('what is not in the folder is not found, whatever the path looks like', async () => {
  for (const path of [
    '/secret.txt',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
  ]) {
    const answer = await rawRequest(app.app.port, `GET ${path} HTTP/1.1\nHost: x\nConnection: close\n\n`);
    assert.match(answer, /^HTTP\/1\.1 404 /, path);
    assert.doesNotMatch(answer, /\r\n\r\nsecret/, path);
  }
  assert.equal((await app.get('/index.html.gz')).status, 404);
  assert.equal((await app.get('/assets')).status, 404);
});

test('the page may load nothing but what this server sends', async () => {
  const { headers } = await app.get('/');
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  const { host } = new URL(app.url);
  assert.ok(policy.includes(`connect-src 'self' ws://${host} wss://${host};`), policy);
  assert.match(policy, /object-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|upgrade-insecure-requests/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('strict-transport-security'), null);
});

test('a strange Host does not get into the policy', async () => {
  for (const host of ['evil.example; script-src *', 'a b', "'unsafe-inline'", 'a,b']) {
    const answer = await rawRequest(app.app.port, `GET / HTTP/1.1\nHost: ${host}\nConnection: close\n\n`);
    const policy = /^content-security-policy: (.*)\r$/im.exec(answer)?.[1];
    assert.match(policy ?? '', /connect-src 'self' 'self';/, answer);
    assert.doesNotMatch(policy ?? '', /evil|unsafe|\*/);
  }
});

test('where the page is not built, it says how to build it', async () => {
  const bare = await TestApp.start({}, { page: join(folder, 'nowhere') });
  for (const path of ['/', '/index.html']) {
    const response = await bare.get(path);
    assert.equal(response.status, 503);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await response.text(), /npm run build/);
  }
  assert.equal((await bare.get('/api/info')).status, 200);
  await bare.close();
});
