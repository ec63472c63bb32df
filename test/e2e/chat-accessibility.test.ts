// Each state of the chat in three widths and two colour schemes: axe finds nothing, and a picture of it is kept for whoever
// looks at the page (test/e2e/screenshots, which is not in the repository).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser, Tab } from '../support/browser.ts';
import { TestApp } from '../support/test-app.ts';

const PICTURES = join(import.meta.dirname, 'screenshots');

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start(
    { CHAT_ROOMS: ['global', 'trading', 'quiet'], MARKET_SOURCE: 'simulator', MARKET_TICKS_PER_SECOND: 4 },
    { page: join(import.meta.dirname, '../../web/dist') },
  );
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  const said = ['good morning', 'has anybody seen https://example.org/news?', '👍 ok\n…\nthree lines'];
  for (let i = 0; i < 30; i++) {
    const sender = ['Ann', 'Bob Marley', 'Dörte', 'Hana Nováková-Svobodová'][Math.floor(i / 3) % 4];
    await app.post('/api/chat/messages', { sender, content: said[i % 3] });
  }
});
after(() => stack.disposeAsync());

/** What a user may see, each from the state before it. */
const states: readonly { readonly name: string; reach(page: Page): Promise<void> }[] = [
  {
    name: 'busy',
    async reach(page) {
      await page.getByTestId('chat-input').fill('mine');
      await page.getByTestId('chat-input').press('Enter');
      await page.locator('.own[data-state="sent"]').first().waitFor();
      await app.post('/api/chat/messages?room=trading', { sender: 'Bob', content: 'over here' });
      await page.getByTestId('unread-trading').waitFor();
    },
  },
  {
    name: 'emoji',
    async reach(page) {
      await page.getByTestId('emoji-open').click();
      await page.getByTestId('emoji-grid').waitFor();
    },
  },
  {
    name: 'connection',
    async reach(page) {
      await page.keyboard.press('Escape');
      await page.getByTestId('connection').click();
      await page.getByTestId('reconnect').waitFor();
    },
  },
  {
    name: 'keys',
    async reach(page) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.locator('dialog[open]').waitFor();
    },
  },
  {
    name: 'empty',
    async reach(page) {
      await page.keyboard.press('Escape');
      await page.getByTestId('room-quiet').click();
      await page.getByText('Nothing has been said in').waitFor();
    },
  },
  {
    name: 'offline',
    async reach(page) {
      await page.getByTestId('room-global').click();
      await page.context().setOffline(true);
      await page.getByTestId('chat-input').fill('written offline');
      await page.getByTestId('chat-input').press('Enter');
      await page.locator('[data-testid="connection"][data-level="offline"]').waitFor();
    },
  },
];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280, 2560]) {
    test(`axe finds nothing wrong with the chat in any state, ${colorScheme}, ${width} pixels wide`, async () => {
      const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
      const tab = await Tab.open(context, app.url, 'Ann');
      const { page } = tab;
      await tab.follows('trading');
      await page.setViewportSize({ width, height: width > 2_000 ? 1_300 : 844 });
      if (width < 760) await page.getByTestId('tab-chat').click();
      for (const { name, reach } of states) {
        await reach(page);
        await page.screenshot({ path: join(PICTURES, `chat-${name}-${width}-${colorScheme}.png`) });
        assert.deepEqual(await violations(page), [], name);
      }
      await context.close();
    });
  }
}
