import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { MarketPage, PAGE_FOLDER } from '../support/market-page.ts';
import { TestApp } from '../support/test-app.ts';

const ALL = /^ADA AVAX BTC DOGE DOT ETH LINK LTC SOL XRP$/;

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 20 }, { page: PAGE_FOLDER });
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

/** The page in a context of its own, at a desk, with all its symbols. */
async function open(path = '/'): Promise<MarketPage> {
  const tab = await MarketPage.inNewContext(browser, app.url + path, { viewport: { width: 1440, height: 1100 } });
  await tab.listed(ALL);
  return tab;
}

/** Waits until an attribute has this value. */
const has = (locator: Locator, name: string, value: string) =>
  eventually(async () => assert.equal(await locator.getAttribute(name), value));

test('the search finds symbols, says so when there are none, and Enter shows the first', async () => {
  const tab = await open();
  const { page } = tab;
  await page.keyboard.press('/');
  await page.keyboard.type('doge');
  await tab.listed(/^DOGE$/);
  await page
    .getByTestId('watch-found')
    .filter({ hasText: /^1 symbol found$/ })
    .waitFor({ state: 'attached' });
  await page.keyboard.type('x');
  await page.getByTestId('watch-empty').filter({ hasText: 'No symbol matches “dogex”.' }).waitFor();
  await tab.shot('market-search-empty');
  await page.keyboard.press('Escape');
  await tab.listed(ALL);
  await page.keyboard.type('sol');
  await page.keyboard.press('Enter');
  await tab.chosen('SOL-USD');
  await eventually(async () => assert.equal(await page.getByTestId('watch-search').inputValue(), ''));
  assert.deepEqual(tab.errors, []);
  await tab.close();
});

test('a slash that is typed into the chat stays in the chat', async () => {
  const tab = await open();
  await tab.page.getByTestId('chat-input').pressSequentially('1/2');
  assert.equal(await tab.page.getByTestId('chat-input').inputValue(), '1/2');
  await tab.close();
});

test('the order and the favourites are remembered', async () => {
  const tab = await open();
  const { page } = tab;
  await page.getByTestId('sort-price').click();
  await tab.listed(/^BTC ETH SOL/);
  await page.getByTestId('sort-price').click();
  await tab.listed(/^DOGE ADA/);
  await tab.row('LTC-USD').getByTestId('star').click();
  await tab.listed(/^LTC DOGE ADA/);
  await has(page.getByTestId('watch-grid').getByRole('columnheader', { name: 'Price' }), 'aria-sort', 'ascending');
  await page.reload();
  await page.getByTestId('price-row').first().waitFor();
  await tab.listed(/^LTC DOGE ADA/);
  await has(tab.row('LTC-USD').getByTestId('star'), 'aria-pressed', 'true');
  await tab.close();
});

test('the list can be used by keys alone', async () => {
  const tab = await open();
  const { page } = tab;
  await page.getByTestId('watch-search').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  const grid = page.getByTestId('watch-grid');
  await has(grid, 'aria-activedescendant', 'row-AVAX-USD');
  await page.keyboard.press('s');
  await tab.listed(/^AVAX ADA/);
  await page.keyboard.press('Enter');
  await tab.chosen('AVAX-USD');
  await has(tab.row('AVAX-USD'), 'aria-selected', 'true');
  await page.keyboard.press('End');
  await has(grid, 'aria-activedescendant', 'row-XRP-USD');
  await page.keyboard.press('ArrowUp');
  await has(grid, 'aria-activedescendant', 'row-SOL-USD');
  await tab.close();
});

test('symbol and interval are in the address, and the browser’s way back leads through them', async () => {
  const tab = await open('/?symbol=ETH-USD&interval=1m');
  const { page } = tab;
  await tab.chosen('ETH-USD');
  await page.getByRole('radio', { name: '1 minute', checked: true }).waitFor();
  await tab.row('SOL-USD').click();
  await tab.chosen('SOL-USD');
  await page.waitForURL(({ search }) => search === '?symbol=SOL-USD&interval=1m');
  await page.goBack();
  await tab.chosen('ETH-USD');
  await page.getByTestId('place-lab').click();
  await page.getByTestId('place-dashboard').click();
  await page.waitForURL(({ search }) => search === '?symbol=ETH-USD&interval=1m');
  assert.deepEqual(tab.errors, []);
  await tab.close();
});

test('an address that makes no sense shows what there is', async () => {
  const tab = await open('/?symbol=%3Cscript%3E&interval=9y');
  await tab.chosen('BTC-USD');
  await tab.page.getByRole('radio', { name: '1 second', checked: true }).waitFor();
  await tab.close();
  const other = await open('/?symbol=NO-SUCH');
  await other.chosen('ADA-USD');
  await other.close();
});

test('the tape has sides in words, and stands still under the pointer and when it is paused', async () => {
  const tab = await open();
  const { page } = tab;
  const trade = page.getByTestId('trade');
  await trade.nth(5).waitFor();
  assert.match((await trade.first().textContent()) ?? '', /Buy|Sell/);
  await page.getByTestId('tape').hover();
  await page
    .getByTestId('tape-held')
    .filter({ hasText: /Paused, \d+ new/ })
    .waitFor();
  const held = await trade.allTextContents();
  await tab.moves('BTC-USD');
  assert.deepEqual(await trade.allTextContents(), held);
  await page.getByTestId('tape-pause').click();
  await page.mouse.move(700, 400);
  await has(page.getByTestId('tape-pause'), 'aria-pressed', 'true');
  assert.deepEqual(await trade.allTextContents(), held);
  await page.getByTestId('tape-pause').click();
  await page.mouse.move(700, 400);
  await page.getByTestId('tape-held').waitFor({ state: 'detached' });
  await tab.close();
});

test('the title has the price', async () => {
  const tab = await open();
  await tab.titled((title) => /^\d[\d,.]* BTC-USD · Towncrier$/.test(title));
  await tab.close();
});

test('who wants less motion sees no price flash', async () => {
  const flashes = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
    const tab = await MarketPage.inNewContext(browser, app.url, { reducedMotion });
    await tab.page.evaluate(`
      const { animate } = Element.prototype;
      const { dataset } = document.documentElement;
      Element.prototype.animate = function (...args) {
        dataset.flashes = Number(dataset.flashes ?? 0) + 1;
        return animate.apply(this, args);
      };
    `);
    for (const symbol of ['BTC-USD', 'ETH-USD', 'BTC-USD']) await tab.moves(symbol);
    const count = Number((await tab.page.locator('html').getAttribute('data-flashes')) ?? 0);
    await tab.close();
    return count;
  };
  assert.equal(await flashes('reduce'), 0);
  assert.ok((await flashes('no-preference')) > 0);
});

test('a hidden page draws nothing, and shows what is the newest when it is looked at again', async () => {
  const tab = await open();
  const { page } = tab;
  await tab.moves('BTC-USD');
  const hide = (hidden: boolean) =>
    page.evaluate(`
      Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
  await hide(true);
  const price = tab.row('BTC-USD').getByTestId('price');
  // The price goes on in the title. What was to be drawn already when the page was hidden may still come.
  const nextTitle = async (): Promise<void> => {
    const first = await page.title();
    await tab.titled((title) => title !== first);
  };
  await nextTitle();
  const before = await price.textContent();
  await nextTitle();
  assert.equal(await price.textContent(), before);
  await hide(false);
  await price.filter({ hasNotText: before ?? '' }).waitFor();
  await tab.close();
});

test('candles that cannot be read are said to be missing, and can be asked for again', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/api/market/candles?*', (route) => route.fulfill({ status: 500, body: '{}' }));
  await page.goto(app.url);
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await page.unroute('**/api/market/candles?*');
  await again.click();
  await page.locator('[data-testid="chart"][data-status="ready"]').waitFor();
  await page.getByTestId('legend').waitFor();
  await context.close();
});

test('moving the chart to its left end reads the candles before, until there are none', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const MINUTE = 60_000;
  const newest = Date.now() - (Date.now() % MINUTE);
  const oldest = newest - 900 * MINUTE;
  const asked: number[] = [];
  await page.route('**/api/market/candles?*', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const before = query.get('before');
    if (before !== null) asked.push(Number(before));
    const end = before === null ? newest + MINUTE : Number(before);
    const begin = Math.max(oldest, end - Number(query.get('limit')) * MINUTE);
    const candles = Array.from({ length: (end - begin) / MINUTE }, (_, i) => {
      const price = 87_500 + Math.sin((begin / MINUTE + i) / 40) * 300;
      return { time: begin + i * MINUTE, open: price, high: price + 9, low: price - 9, close: price + 4, volume: 2 };
    });
    return route.fulfill({ json: { candles } });
  });
  await page.goto(`${app.url}/?symbol=BTC-USD&interval=1m`);
  await page.locator('[data-testid="chart"][data-status="ready"]').waitFor();
  const box = await page.getByTestId('chart').boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + 200, box.y + 200);
  await eventually(async () => {
    await page.mouse.wheel(-400, 0);
    assert.ok(asked.length >= 2);
  });
  // 500 of 901 were there at first.
  assert.deepEqual(asked.slice(0, 2), [newest - 499 * MINUTE, oldest]);
  await page.mouse.move(box.x + box.width / 2, box.y + 250);
  const legend = page.getByTestId('legend');
  await eventually(async () => {
    // The wheel may have gone beyond the left end, where nothing is under the pointer.
    if ((await legend.filter({ hasText: '87,' }).count()) === 0) await page.mouse.wheel(60, 0);
    assert.match((await legend.textContent()) ?? '', /87,/);
  });
  await context.close();
});

test('of 500 symbols only those that are seen are rows, and all can be reached', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const ticks = Array.from({ length: 500 }, (_, i) => ({
    symbol: `S${String(i).padStart(3, '0')}-USD`,
    price: 100 + i,
    size: 1,
    change: 0,
    time: 1,
  }));
  const body = `event: market-snapshot\nid: e:1\ndata: ${JSON.stringify({ ticks })}\n\n`;
  await page.route('**/stream*', (route) => route.fulfill({ contentType: 'text/event-stream', body }));
  await page.goto(app.url);
  await page.locator('[data-symbol="S000-USD"]').waitFor();
  await eventually(async () => assert.ok((await page.getByTestId('price-row').count()) < 40));
  await page.getByTestId('watch-grid').focus();
  await page.keyboard.press('End');
  await page.locator('[data-symbol="S499-USD"]').waitFor();
  await eventually(async () => assert.ok((await page.getByTestId('price-row').count()) < 40));
  assert.equal(await page.getByTestId('watch-grid').getAttribute('aria-rowcount'), '501');
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, width, height] of [
    ['phone', 390, 844],
    ['tablet', 900, 1100],
    ['desktop', 1440, 900],
    ['ultra-wide', 2560, 1200],
  ] as const) {
    test(`axe finds nothing wrong with the market, ${name}, ${colorScheme}`, async () => {
      const options = { colorScheme, viewport: { width, height } };
      const tab = await MarketPage.inNewContext(browser, app.url, options);
      await tab.page.locator('[data-testid="chart"][data-status="ready"]').waitFor();
      await tab.page.getByTestId('legend').waitFor();
      await tab.shot(`market-${name}-${colorScheme}`);
      assert.deepEqual(await violations(tab.page), []);
      const overflow = await tab.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
      await tab.close();
    });
  }
}
