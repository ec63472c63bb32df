// Several tabs, one connection; and a server that goes away.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { CutProxy } from '../support/cut-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { MarketPage, PAGE_FOLDER } from '../support/market-page.ts';
import { TestApp } from '../support/test-app.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 10 }, { page: PAGE_FOLDER });
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

/** Closed after the test, also where that fails: its tabs have streams, which are counted. */
async function newContext(t: TestContext): Promise<BrowserContext> {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

/** How many streams of prices the server serves. */
async function streams(): Promise<number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return Number(/^towncrier_connections\{transport="sse"\} (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

const untilStreams = (count: number) => eventually(async () => assert.equal(await streams(), count));

test('three tabs have one stream, and when its tab is closed another one goes on', async (t) => {
  const context = await newContext(t);
  const asked: { readonly page: Page; readonly url: string }[] = [];
  context.on('request', (request) => asked.push({ page: request.frame().page(), url: request.url() }));
  const first = await MarketPage.open(context, app.url);
  const second = await MarketPage.open(context, app.url);
  const third = await MarketPage.open(context, app.url);
  await untilStreams(1);
  for (const tab of [first, second, third]) await tab.moves('BTC-USD');
  const streamsOf = (tab: MarketPage) => asked.filter(({ page, url }) => page === tab.page && url.includes('/stream'));
  assert.deepEqual([...streamsOf(second), ...streamsOf(third)], []);
  await first.page.close();
  for (const tab of [second, third]) {
    await tab.moves('BTC-USD');
    await tab.state('live');
  }
  await untilStreams(1);
  const opened = [...streamsOf(second), ...streamsOf(third)];
  assert.equal(opened.length, 1);
  // It went on after the last event: nothing was read anew. The line of a symbol is read when that is first traded, once.
  assert.match(opened[0]?.url ?? '', /lastEventId=/);
  for (const tab of [second, third]) {
    const candles = asked
      .filter(({ page, url }) => page === tab.page && url.includes('/candles'))
      .map(({ url }) => url);
    assert.deepEqual(candles, [...new Set(candles)]);
  }
  assert.deepEqual([...second.errors, ...third.errors], []);
});

test('when the browser freezes the tab with the stream, another one takes over', async (t) => {
  const context = await newContext(t);
  const first = await MarketPage.open(context, app.url);
  const second = await MarketPage.open(context, app.url);
  await second.moves('BTC-USD');
  const opened = second.page.waitForRequest((request) => request.url().includes('/stream'));
  // A visible tab cannot be frozen for a test; this is what the browser says to one that is.
  await first.page.evaluate(`document.dispatchEvent(new Event('freeze'))`);
  assert.match((await opened).url(), /lastEventId=/);
  await first.page.evaluate(`document.dispatchEvent(new Event('resume'))`);
  for (const tab of [first, second]) await tab.moves('BTC-USD');
  await untilStreams(1);
});

test('when the tab with the stream stands still without a word, another one takes over', async (t) => {
  const context = await newContext(t);
  const first = await MarketPage.open(context, app.url);
  const second = await MarketPage.open(context, app.url);
  await second.moves('BTC-USD');
  const session = await context.newCDPSession(first.page);
  const opened = second.page.waitForRequest((request) => request.url().includes('/stream'));
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  assert.match((await opened).url(), /lastEventId=/);
  await second.moves('BTC-USD');
  await session.send('Debugger.disable');
  await first.moves('BTC-USD');
  await untilStreams(1);
});

test('the Lab has a stream of its own to take apart, also in a second tab', async (t) => {
  const context = await newContext(t);
  const first = await MarketPage.open(context, app.url);
  const second = await MarketPage.open(context, app.url);
  await untilStreams(1);
  await second.page.getByTestId('place-lab').click();
  await second.page.getByLabel('Protocol').selectOption('sse');
  await second.page.locator('[data-testid="lab-row"][data-kind="market-tick"]').first().waitFor();
  await untilStreams(2);
  await second.page.goBack();
  await untilStreams(1);
  await second.moves('BTC-USD');
  await first.moves('BTC-USD');
  assert.deepEqual([...first.errors, ...second.errors], []);
});

test('a browser without locks has a stream for each tab', async (t) => {
  const context = await newContext(t);
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  const first = await MarketPage.open(context, app.url);
  const second = await MarketPage.open(context, app.url);
  await untilStreams(2);
  await first.moves('BTC-USD');
  await second.moves('BTC-USD');
  assert.deepEqual([...first.errors, ...second.errors], []);
});

test('without a server prices are stale, and say since when; they recover by themselves', async () => {
  const proxy = await CutProxy.create(app.app.port);
  const tab = await MarketPage.inNewContext(browser, proxy.url, { viewport: { width: 1440, height: 900 } });
  await tab.moves('BTC-USD');
  proxy.cut();
  const note = tab.page.locator('.chart').getByTestId('stale-note');
  await note.filter({ hasText: /^Prices stale since \d\d:\d\d:\d\d$/ }).waitFor();
  await tab.titled((title) => !/\d/.test(title));
  await tab.state('offline');
  await tab.shot('market-offline');
  assert.deepEqual(await violations(tab.page), []);
  proxy.mend();
  await tab.state('live');
  await note.waitFor({ state: 'detached' });
  await tab.moves('BTC-USD');
  assert.deepEqual(tab.errors, []);
  proxy.close();
  await tab.close();
});
