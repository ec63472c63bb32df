import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';

let browser: Browser;
let server: ServerProcess;

before(async () => {
  server = await ServerProcess.create({ MARKET_SOURCE: 'off' });
  await server.start();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.dispose();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the documents are searched and read, ${colorScheme}, without an error`, async () => {
    const page = await (await browser.newContext({ colorScheme })).newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${server.url}/docs`);
    assert.equal(new URL(page.url()).pathname, '/docs/');
    const font = await page
      .locator('body')
      .evaluate((body) => body.ownerDocument.defaultView?.getComputedStyle(body).fontFamily);
    assert.match(font ?? '', /^system-ui/, 'the colours and fonts of the page are those of the dashboard');
    await page.getByTestId('docs-search').fill('masking key');
    const found = page.getByTestId('docs-results').locator('a[href*="websocket-frames"]').first();
    await found.waitFor();
    await found.click();
    await page.waitForURL(/\/docs\/protocols\/websocket-frames\.html/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual(errors, []);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await violations(page), [], `${width} pixels wide`);
    }
    await page.context().close();
  });
}

test('the links of the header and the next page work', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/`);
  await page.getByTestId('place-docs').click();
  await page.waitForURL(/\/docs\/$/);
  await page.locator('.docs-neighbours a').last().click();
  await page.waitForURL(/\/docs\/.+\.html$/);
  await page.goto(`${server.url}/docs/architecture/log-and-cursor.html`);
  const drawn = await page.locator('.docs-text img').evaluate((image) => 'naturalWidth' in image && image.naturalWidth);
  assert.equal(drawn, 716);
  await page.context().close();
});
