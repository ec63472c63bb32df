import assert from 'node:assert/strict';
import { join, posix } from 'node:path';
import { before, test } from 'node:test';
import { documentFiles } from '../../web/build/documents.ts';

const root = join(import.meta.dirname, '..', '..');
let files = new Map<string, string | Uint8Array>();

before(async () => {
  files = await documentFiles(root, { scripts: ['assets/docs.js'], styles: ['assets/docs.css'] });
});

const pages = (): [string, string][] =>
  [...files].flatMap(([name, text]) => (name.endsWith('.html') && typeof text === 'string' ? [[name, text]] : []));

test('every page of docs/ and the README are there, with their navigation', () => {
  assert.ok(pages().length > 30);
  assert.ok(files.has('docs/index.html') && files.has('docs/protocols/stomp.html'));
  for (const [name, html] of pages()) assert.match(html, /aria-current="page">(?!Docs)/, name);
});

test('the protocols are read in the order of their README', () => {
  const html = `${files.get('docs/index.html')}`;
  const order = [
    'README',
    'tcp-handshake',
    'http-upgrade',
    'websocket-frames',
    'stomp',
    'sockjs',
    'sse',
    'compression',
  ];
  const found = [...html.matchAll(/<li><a href="\/docs\/protocols\/([\w-]+)\.html"/g)].map(([, name]) => name);
  assert.deepEqual(found, order);
});

test('no link within the documents is dead, and no anchor is missing', () => {
  const known = (path: string): string | undefined => {
    const name = path.endsWith('/') ? `${path}index.html` : path;
    const text = files.get(name.slice(1));
    return text === undefined ? undefined : `${text}`;
  };
  for (const [name, html] of pages()) {
    for (const [, link = ''] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
      if (/^(?:https?:|mailto:|\/assets\/|\/favicon|\/lab$|\/$)/.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const text = path === '' ? html : known(posix.normalize(path));
      assert.ok(text !== undefined, `${name}: ${link}`);
      if (anchor !== undefined) assert.ok(text.includes(`id="${decodeURI(anchor)}"`), `${name}: ${link}`);
    }
  }
});

test('pages have no inline script or style, and diagrams are pictures', () => {
  for (const [name, html] of pages()) {
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i, name);
    assert.doesNotMatch(html, /language-mermaid/, name);
  }
});
