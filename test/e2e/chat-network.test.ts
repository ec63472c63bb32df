// The page on a bad line, with its server started again, and in the background.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, Tab } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { fastClock } from '../support/fast-clock.ts';
import { ServerProcess } from '../support/server-process.ts';
import { TestApp } from '../support/test-app.ts';

const PAGE = { page: join(import.meta.dirname, '../../web/dist') };
/** The server's minute lasts so many times less; the more, the less a busy browser may be late. */
const FACTOR = 4;
const MINUTE = 60_000 / FACTOR;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const stateOf = (page: Page) => page.getByTestId('connection-chat').getAttribute('data-state');

test('on a slow line the page chats over WebSocket all the same, and each message comes once', async (t) => {
  const app = await TestApp.start({}, PAGE);
  t.after(() => app.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  // About what a phone has at the edge of a cell.
  const line = { offline: false, latency: 600, downloadThroughput: 30_000, uploadThroughput: 15_000 };
  await network.send('Network.emulateNetworkConditions', line);
  await page.goto(app.url);
  await page.locator('[data-testid="connection-chat"][data-state="live"]').waitFor({ state: 'attached' });
  const bob = await Tab.open(await browser.newContext(), app.url, 'Bob');
  for (let i = 0; i < 20; i++) await bob.say(`over a slow line ${i}.`);
  await page.getByTestId('chat-input').fill('from the slow line');
  await page.getByTestId('chat-input').press('Enter');
  await bob.sees('from the slow line');
  const last = page.getByTestId('chat-message').filter({ hasText: 'over a slow line 19.' });
  await last.waitFor();
  assert.equal(await last.count(), 1);
  assert.equal(await page.getByTestId('connection-chat').getAttribute('data-transport'), 'websocket');
  await context.close();
  await bob.page.context().close();
});

test('a server that is started again while a tab is away: messages of meanwhile arrive once, and it says how it stands', async (t) => {
  const server = await ServerProcess.create({ MARKET_SOURCE: 'off' });
  t.after(() => server.dispose());
  await server.start();
  const context = await browser.newContext();
  const ann = await Tab.open(context, server.url, 'Ann');
  await ann.say('before');
  await ann.sees('before');
  await server.stop();
  const sign = ann.page.getByTestId('connection');
  await sign.filter({ hasText: /Reconnecting|Offline/ }).waitFor();
  await ann.say('while it is away');
  await ann.page.getByTestId('chat-message').filter({ hasText: 'Waits for the connection' }).waitFor();
  await server.start();
  await fetch(`${server.url}/api/chat/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sender: 'Bob', content: 'said to the new one' }),
  });
  await ann.sees('said to the new one');
  await ann.sees('while it is away');
  for (const text of ['before', 'while it is away', 'said to the new one']) assert.equal(await ann.count(text), 1);
  await sign.click();
  await ann.page
    .getByTestId('connection-chat')
    .filter({ hasText: /Last problem(?!none)/ })
    .waitFor();
  await sign.filter({ hasText: /Live/ }).waitFor();
  await context.close();
});

test('a tab in the background, with one timer a minute, keeps its connection and is not shown as offline', async (t) => {
  const app = await TestApp.start({}, { ...PAGE, clock: fastClock(FACTOR) });
  t.after(() => app.close());
  const context = await browser.newContext();
  await context.addInitScript(slowableTimers, [FACTOR, MINUTE] as const);
  const ann = await Tab.open(context, app.url, 'Ann');
  const bob = await Tab.open(await browser.newContext(), app.url, 'Bob');
  let sockets = 0;
  ann.page.on('websocket', () => sockets++);
  await setBackground(ann.page, true);
  // Three of the server's minutes: a client that is silent for 75 s of them is dropped.
  for (let i = 0; i < 6; i++) {
    await wait(MINUTE / 2);
    assert.equal(await stateOf(ann.page), 'live');
  }
  await app.post('/api/chat/messages', { sender: 'Cleo', content: 'said in the background' });
  await ann.sees('said in the background');
  await eventually(async () => assert.match(await ann.page.title(), /^\(1\)/));
  await setBackground(ann.page, false);
  await ann.say('back again');
  await ann.sees('back again');
  assert.equal(sockets, 0, 'no other connection was made');
  assert.equal(await ann.count('said in the background'), 1);
  await context.close();
  await bob.page.context().close();
});

/**
 * Runs in the page, before its own scripts: timers that can be held back as browsers do in background tabs, where they run
 * once a minute. From then on the page's clock runs as fast as the server's.
 */
function slowableTimers([factor, minute]: readonly [number, number]): void {
  // What the page has in place of Node's globals.
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  const page = globalThis as any;
  const { now } = Date;
  const { setTimeout: after, setInterval: every, clearInterval: stop } = page;
  let since: number | undefined;
  Date.now = () => (since === undefined ? now() : since + (now() - since) * factor);
  const toNextMinute = (ms: number): number => {
    const due = ms / factor;
    const left = minute - (performance.now() % minute);
    return due <= left ? left : left + Math.ceil((due - left) / minute) * minute;
  };
  page.setTimeout = (task: () => void, ms = 0, ...rest: unknown[]) =>
    after(task, since === undefined ? ms : toNextMinute(ms), ...rest);
  // Intervals begin before the tab goes to the background: each looks at every turn which pace is right.
  page.setInterval = (task: () => void, ms = 0) => {
    let last = now();
    return every(() => {
      const pace = since === undefined ? ms : Math.max(ms / factor, minute);
      if (now() - last < pace) return;
      last = now();
      task();
    }, 50);
  };
  page.clearInterval = stop;
  let hidden = false;
  Object.defineProperty(page.document, 'hidden', { get: () => hidden });
  Object.defineProperty(page.document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
  page.setBackground = (yes: boolean) => {
    hidden = yes;
    since ??= now();
    page.document.dispatchEvent(new Event('visibilitychange'));
  };
}

async function setBackground(page: Page, yes: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    // biome-ignore lint/suspicious/noExplicitAny: the script above has made it.
    (globalThis as any).setBackground(hidden);
  }, yes);
}
