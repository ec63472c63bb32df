// The page of a user who is signed in by a cookie.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Front } from '../doctor/front-proxy.ts';
import { launchBrowser } from '../support/browser.ts';
import { TestApp } from '../support/test-app.ts';
import { makeToken, SECRET } from '../support/tokens.ts';

const MODERATORS = 'the-token-of-the-moderators';
const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start(
    { AUTH: 'jwt', JWT_SECRET: SECRET, JWT_COOKIE: 'session', MODERATOR_TOKEN: MODERATORS },
    { page: join(import.meta.dirname, '../../web/dist') },
  );
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

for (const transport of ['websocket', 'xhr-streaming'] as const) {
  test(`a user signed in by a cookie chats under the token's name, over ${transport}`, async () => {
    let { url } = app;
    if (transport !== 'websocket') {
      const proxy = await Front.before([app.url], { upgrades: false });
      stack.defer(() => proxy.close());
      url = proxy.url.origin;
    }
    const context = await browser.newContext();
    await context.addCookies([{ name: 'session', value: await makeToken({ name: 'Ann Example' }), url }]);
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('[data-testid="connection-chat"][data-state="live"]').waitFor({ state: 'attached' });
    await page.getByTestId('name-known').filter({ hasText: 'Ann Example' }).waitFor();
    assert.equal(await page.getByTestId('name-input').count(), 0);
    await page.getByTestId('chat-input').fill(`signed, over ${transport}`);
    await page.getByTestId('chat-input').press('Enter');
    const message = page.locator('.own[data-state="sent"]').filter({ hasText: `over ${transport}` });
    await message.waitFor();
    await message.filter({ hasText: 'Ann Example' }).waitFor();
    assert.equal(await page.getByTestId('connection-chat').getAttribute('data-transport'), transport);
    await context.close();
  });
}

test('a signed-in user who brings the moderators’ own token writes in a closed room under the own name', async () => {
  const pageOf = async (name: string, fragment: string): Promise<Page> => {
    const context = await browser.newContext();
    stack.defer(() => context.close());
    await context.addCookies([{ name: 'session', value: await makeToken({ sub: name, name }), url: app.url }]);
    const page = await context.newPage();
    await page.goto(`${app.url}/${fragment}`);
    await page.getByTestId('name-known').filter({ hasText: name }).waitFor();
    return page;
  };
  const zoe = await pageOf('Zoe', `#token=${MODERATORS}`);
  const ann = await pageOf('Ann', '');
  await zoe.getByTestId('close-room').click();
  await ann.locator('[data-testid="room-note"][data-kind="closed"]').waitFor();
  await ann.locator('[data-testid="chat-input"]:disabled').waitFor();
  await zoe.getByTestId('chat-input').fill('closed until nine');
  await zoe.getByTestId('chat-input').press('Enter');
  const message = ann.getByTestId('chat-message').filter({ hasText: 'closed until nine' });
  await message.waitFor();
  assert.match((await message.textContent()) ?? '', /Zoe/);
  await zoe.getByTestId('close-room').filter({ hasText: 'Open room' }).waitFor();
  await zoe.getByTestId('close-room').click();
  await ann.getByTestId('room-note').waitFor({ state: 'detached' });
});

test('who is not signed in is told so', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(app.url);
  await page
    .getByTestId('connection')
    .filter({ hasText: /Offline|Reconnecting/ })
    .waitFor();
  await page.getByTestId('connection').click();
  await page.getByTestId('connection-chat').filter({ hasText: 'This server asks you to sign in first.' }).waitFor();
  await context.close();
});
