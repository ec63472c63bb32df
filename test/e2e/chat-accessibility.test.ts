import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser, Tab } from '../support/browser.ts';
import { TestApp } from '../support/test-app.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start({}, { page: join(import.meta.dirname, '../../web/dist') });
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

const widths = [390, 1280, 2560];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of widths) {
    test(`axe finds nothing wrong with the chat, ${colorScheme}, ${width} pixels wide`, async () => {
      const context = await browser.newContext({ colorScheme });
      const tab = await Tab.open(context, app.url, 'Ann');
      await tab.page.setViewportSize({ width, height: 800 });
      if (width < 760) await tab.page.getByTestId('tab-chat').click();
      await tab.say(`A link: https://example.org/${width} in ${colorScheme}`);
      await tab.sees(`${width} in ${colorScheme}`);
      assert.deepEqual(await violations(tab.page), []);
      await context.close();
    });
  }
}
