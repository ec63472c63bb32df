import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { StompClient } from '../support/stomp-client.ts';
import { json, TestApp } from '../support/test-app.ts';

const TOKEN = 'a-token-of-the-operators';
const page = join(import.meta.dirname, '../../web/dist');
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', ADMIN_TOKEN: TOKEN }, { page });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await app?.close();
});

/** The operator's view, signed in. */
async function open(): Promise<Page> {
  const tab = await browser.newPage();
  await tab.goto(`${app.adminUrl}/ops`);
  await tab.getByTestId('ops-token').fill(TOKEN);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.getByTestId('ops-instance').waitFor();
  return tab;
}

test('who has no token, or a wrong one, is told so and sees nothing', async () => {
  const tab = await browser.newPage();
  await tab.goto(`${app.adminUrl}/ops`);
  await tab.getByTestId('ops-token').fill('some-other-token-1234');
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.getByText('This is not the admin token.').waitFor();
  assert.equal(await tab.getByTestId('ops-instance').count(), 0);
  await tab.close();
});

test('an operator sees the instance and its figures move', async () => {
  const tab = await open();
  const client = await StompClient.connect(app.url, 'Ann');
  await tab.getByTestId('ops-client').filter({ hasText: 'Ann' }).waitFor();
  await tab.getByTestId('figure-Ticks').filter({ hasText: /[1-9]/ }).waitFor();
  await tab.locator('[data-testid="ops-live"][data-state="live"]').waitFor();
  await client.close();
  await tab.close();
});

test('a client is closed only when the operator is sure', async () => {
  const tab = await open();
  const client = await StompClient.connect(app.url, 'Bob');
  const row = tab.getByTestId('ops-client').filter({ hasText: 'Bob' });
  await row.getByRole('button', { name: 'Close' }).first().click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await row.count(), 1);
  await row.getByRole('button', { name: 'Close' }).first().click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await tab.getByText('The client is closed.').waitFor();
  await client.frame(({ command }) => command === 'ERROR');
  await tab.close();
});

test('prices pause and go on', async () => {
  const tab = await open();
  const state = async (): Promise<string> => (await json(app.get('/api/info'))).market.state;
  await tab.getByRole('button', { name: 'Pause prices' }).click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Pause prices' }).click();
  await tab.getByRole('button', { name: 'Let prices go on' }).waitFor();
  while ((await state()) !== 'stale') await new Promise((go) => setTimeout(go, 50));
  await tab.getByRole('button', { name: 'Let prices go on' }).click();
  await tab.getByRole('button', { name: 'Pause prices' }).waitFor();
  while ((await state()) !== 'live') await new Promise((go) => setTimeout(go, 50));
  await tab.close();
});

test('when the server does not answer the view says that what it shows is old', async () => {
  const tab = await open();
  await tab.route('**/ops/api/**', (route) => route.abort());
  await tab.locator('[data-testid="ops-live"][data-state="old"]').waitFor();
  assert.equal(await tab.getByTestId('ops-instance').count(), 1);
  await tab.close();
});

test('an operator sees what is written, deletes it, mutes its sender, and refuses a word', async () => {
  await app.post('/api/chat/messages', { sender: 'Eve', content: 'buy now' });
  const tab = await open();
  await tab.getByRole('button', { name: 'global' }).click();
  const message = tab.getByTestId('ops-message').filter({ hasText: 'buy now' });
  await message.getByRole('button', { name: 'Mute' }).first().click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
  await tab.getByTestId('ops-mute').filter({ hasText: 'Eve' }).waitFor();
  await message.getByRole('button', { name: 'Delete' }).first().click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await message.waitFor({ state: 'detached' });
  await tab.getByTestId('ops-word').fill('spam');
  await tab.getByRole('button', { name: 'Refuse' }).click();
  await tab.getByRole('button', { name: 'Allow spam again' }).waitFor();
  await tab.getByTestId('ops-slow-mode').selectOption('30');
  await tab.getByText('Slow mode of global is set.').waitFor();
  const { code } = await json(app.post('/api/chat/messages', { sender: 'Eve', content: 'again' }));
  assert.equal(code, 'muted');
  const history = await json(app.get('/api/chat/messages'));
  assert.deepEqual(history.messages, []);
  assert.deepEqual(await violations(tab), []);
  await tab.close();
});

test('axe finds nothing against the view', async () => {
  const tab = await open();
  assert.deepEqual(await violations(tab), []);
  await tab.close();
});
