// A page of an allowed site whose user is signed in by a cookie. Cookies know no ports, so another port is enough of a site.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;
let friend: string;
let stranger: string;

async function site(): Promise<string> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // an address, because it listens on TCP
}

before(async () => {
  [friend, stranger] = [await site(), await site()];
  const keys = { AUTH: 'jwt', JWT_SECRET: SECRET, JWT_COOKIE: 'session' } as const;
  app = await TestApp.start({ ...keys, ALLOWED_ORIGINS: [friend], MARKET_SOURCE: 'simulator' });
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

async function signedInAt(origin: string): Promise<Page> {
  const context = await browser.newContext();
  stack.defer(() => context.close());
  await context.addCookies([{ name: 'session', value: await makeToken(), url: app.url }]);
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

/** What a page gets of the API: the status and the code of a refusal, or that the browser hides the answer. */
const ask = (page: Page, path: string, body?: string): Promise<string> =>
  page.evaluate(
    async ([url, text]) => {
      const post = { method: 'POST', body: text ?? '', headers: { 'content-type': 'application/json' } };
      try {
        const answer = await fetch(`${url}`, { credentials: 'include', ...(text !== null && post) });
        const [, code = ''] = /"code":"([\w-]+)"/.exec(await answer.text()) ?? [];
        return `${answer.status} ${code}`.trim();
      } catch {
        return 'hidden';
      }
    },
    [app.url + path, body ?? null],
  );

const follow = (page: Page): Promise<string> =>
  page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const source = new EventSource(url, { withCredentials: true });
        const done = (what: string): void => {
          source.close();
          resolve(what);
        };
        source.addEventListener('market-snapshot', () => done('followed'));
        source.addEventListener('error', () => done('refused'));
      }),
    `${app.url}/stream`,
  );

test('a page of an allowed site reads, writes and follows prices by the cookie of its user', async () => {
  const page = await signedInAt(friend);
  assert.equal(await ask(page, '/api/chat/messages'), '200');
  assert.equal(await ask(page, '/api/chat/messages', '{"content":"from a friend"}'), '201');
  assert.equal(await ask(page, '/api/chat/messages?limit=0'), '400 invalid-parameter');
  assert.equal(await follow(page), 'followed');
});

test('a page of any other site does not, and reads nothing of the answers', async () => {
  const page = await signedInAt(stranger);
  assert.equal(await ask(page, '/api/chat/messages'), 'hidden');
  assert.equal(await ask(page, '/api/chat/messages', '{"content":"from a stranger"}'), 'hidden');
  assert.equal(await follow(page), 'refused');
  const headers = { authorization: `Bearer ${await makeToken()}` };
  assert.doesNotMatch(await (await app.get('/api/chat/messages', headers)).text(), /from a stranger/);
});
