import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { TestApp } from '../support/test-app.ts';

test('the embedded page shows prices and chats from another site', async () => {
  const page = await readFile(join(import.meta.dirname, '../../examples/embed/index.html'));
  const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // an address, because it listens on TCP
  const token = 'the-token-of-the-moderators';
  const settings = { MARKET_SOURCE: 'simulator', ALLOWED_ORIGINS: [origin], MODERATOR_TOKEN: token } as const;
  const app = await TestApp.start(settings);
  try {
    const browser = await launchBrowser();
    try {
      const tab = await browser.newPage();
      await tab.goto(`${origin}/?server=${encodeURIComponent(app.url)}`);
      await tab.locator('#price', { hasText: /^\d/ }).waitFor();
      await tab.locator('input').fill('<b>hello</b> from elsewhere');
      await tab.locator('button').click();
      await tab.locator('li').first().waitFor();
      await eventually(async () =>
        assert.deepEqual(await tab.locator('li').allTextContents(), ['A visitor: <b>hello</b> from elsewhere']),
      );
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${app.url}/api/chat/messages?seq=1`, { method: 'DELETE', headers });
      await tab.locator('li').first().waitFor({ state: 'detached' });
    } finally {
      await browser.close();
    }
  } finally {
    await app.close();
    site.closeAllConnections();
    site.close();
  }
});
