import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { coinbaseDialect } from '../support/exchange-dialects.ts';
import { ExchangeStandIn } from '../support/exchange-stand-in.ts';
import { MarketPage, PAGE_FOLDER } from '../support/market-page.ts';
import { TestApp } from '../support/test-app.ts';

test('the page says that prices are stale when the exchange falls silent, and not while only nobody trades', async () => {
  await using stack = new AsyncDisposableStack();
  const standIn = await ExchangeStandIn.start(coinbaseDialect);
  stack.defer(() => standIn.close());
  const settings = { MARKET_FEED_URL: standIn.url, MARKET_SYMBOLS: ['BTC-USD', 'ETH-USD'] };
  const app = await TestApp.start({ MARKET_SOURCE: 'coinbase', ...settings }, { page: PAGE_FOLDER });
  stack.defer(() => app.close());
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  await standIn.subscribed('BTC-USD', 'ETH-USD');
  standIn.trade('BTC-USD', '64250.10');
  standIn.trade('ETH-USD', '2059.10');
  const tab = await MarketPage.inNewContext(browser, app.url, { viewport: { width: 1440, height: 1100 } });
  await tab.state('live');
  // Longer than a page waits for ticks where nobody says that the exchange lives.
  await tab.page.waitForTimeout(11_000);
  await tab.state('live');
  const note = tab.page.locator('.chart').getByTestId('stale-note');
  assert.equal(await note.count(), 0);
  await tab.shot('market-exchange-quiet');
  standIn.silent = true;
  await tab.state('stale');
  await note.filter({ hasText: 'Prices stale' }).waitFor();
  await tab.shot('market-exchange-silent');
  standIn.silent = false;
  await tab.state('live');
  await note.waitFor({ state: 'detached' });
  assert.deepEqual(tab.errors, []);
  await tab.close();
});
