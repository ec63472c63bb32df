import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The built page, for a server in the test's own process. */
export const PAGE_FOLDER = join(ROOT, 'web/dist');
const SHOTS = join(ROOT, 'test/e2e/screenshots');

/** The market's part of the page in a tab, by what a trader sees and does. */
export class MarketPage {
  readonly page: Page;
  /** Errors that the page threw or wrote to its console. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      // A cut network is reported by the browser itself, for each request.
      if (message.type() === 'error' && !/net::ERR_|Failed to load resource/.test(message.text()))
        this.errors.push(message.text());
    });
  }

  /** Opens an address; resolves once there are prices. */
  static async open(context: BrowserContext, url: string): Promise<MarketPage> {
    const tab = new MarketPage(await context.newPage());
    await tab.page.goto(url);
    await tab.page.getByTestId('price-row').first().waitFor();
    return tab;
  }

  static async inNewContext(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<MarketPage> {
    return MarketPage.open(await browser.newContext(options), url);
  }

  /** Waits until the list is like this: its symbols from the top, without the counter currency. */
  async listed(symbols: RegExp): Promise<void> {
    await eventually(async () => assert.match(await this.#symbols(), symbols));
  }

  async #symbols(): Promise<string> {
    const names = await this.page.getByTestId('price-row').evaluateAll((rows) =>
      rows
        .map((row) => ({ at: Number(row.getAttribute('aria-rowindex')), name: row.getAttribute('data-symbol') ?? '' }))
        .sort((a, b) => a.at - b.at)
        .map(({ name }) => name.replace(/-.*/, '')),
    );
    return names.join(' ');
  }

  row(symbol: string): Locator {
    return this.page.locator(`[data-testid="price-row"][data-symbol="${symbol}"]`);
  }

  /** Waits until this symbol is the chosen one. */
  async chosen(symbol: string): Promise<void> {
    await this.page.locator('.headline-symbol', { hasText: symbol }).waitFor();
  }

  async state(state: string): Promise<void> {
    await this.page.locator(`.panel.chart[data-link="${state}"]`).waitFor();
  }

  /** The symbol's price is another one after a while. */
  async moves(symbol: string): Promise<void> {
    const price = this.row(symbol).getByTestId('price');
    const before = (await price.textContent()) ?? '';
    assert.notEqual(before, '');
    await price.filter({ hasNotText: before }).waitFor();
  }

  /** Waits until the title of the tab is like this, or another one. (The page's policy lets no script wait for it in there.) */
  async titled(isIt: (title: string) => boolean): Promise<void> {
    await eventually(async () => {
      const title = await this.page.title();
      assert.ok(isIt(title), `the title stays ${title}`);
    });
  }

  /** Review material, in a folder that git ignores. */
  async shot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
