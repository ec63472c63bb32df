import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import config from '../../web/vite.config.ts';

/** What a first visit may cost, compressed. */
const FIRST_LOAD_BYTES = 150 * 1024;

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-page-'));
  await build({
    ...config,
    configFile: false,
    root: join(import.meta.dirname, '../../web'),
    logLevel: 'silent',
    build: { ...config.build, outDir: folder, emptyOutDir: true },
  });
});

after(() => rm(folder, { recursive: true, force: true }));

const files = () => readdir(folder, { recursive: true });
const page = () => readFile(join(folder, 'index.html'), 'utf8');

test('each script and style that is more than a packet’s head has its compressed forms beside it, with the same content', async () => {
  const assets = (await files()).filter((name) => /\.(js|css)$/.test(name));
  assert.ok(assets.length >= 3);
  for (const name of assets) {
    const bytes = await readFile(join(folder, name));
    if (bytes.length < 512) continue;
    assert.deepEqual(brotliDecompressSync(await readFile(join(folder, `${name}.br`))), bytes);
    assert.deepEqual(gunzipSync(await readFile(join(folder, `${name}.gz`))), bytes);
  }
});

test('everything that a first visit loads stays below 150 KB', async () => {
  // The Lab and the documents are loaded when they are looked at, SockJS where WebSocket is blocked.
  const later = /^(?:docs\/|ops\.html|assets\/(?:Lab|docs|ops|sockjs\.min)-)/;
  const compressed = (await files()).filter((name) => name.endsWith('.gz') && !later.test(name));
  const sizes = await Promise.all(compressed.map(async (name) => (await readFile(join(folder, name))).length));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total > 0 && total < FIRST_LOAD_BYTES, `${total} bytes`);
});

test('the page has no inline script or style and loads nothing from elsewhere', async () => {
  const html = await page();
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
  assert.doesNotMatch(html, /(?:src|href)="(?!\/)/);
  for (const name of await files()) {
    if (name.endsWith('.css')) assert.doesNotMatch(await readFile(join(folder, name), 'utf8'), /url\(|@import/);
  }
});

test('scripts and styles have hashed names, so that they can be kept for ever', async () => {
  const names = [...(await page()).matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
  assert.ok(names.length >= 2);
  for (const name of names) assert.match(name, /-[\w-]{8}\.(js|css)$/);
});
