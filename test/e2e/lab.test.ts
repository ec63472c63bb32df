import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser, Tab } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';

let browser: Browser;
let server: ServerProcess;

before(async () => {
  server = await ServerProcess.create({ MARKET_TICKS_PER_SECOND: '4' });
  await server.start();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.dispose();
});

/** The Lab in a tab of its own, and the errors of its page. */
async function openLab(): Promise<{ page: Page; errors: string[] }> {
  const tab = await Tab.open(await browser.newContext(), server.url, 'Ann');
  await tab.page.getByTestId('place-lab').click();
  await tab.page.getByTestId('lab').waitFor();
  return { page: tab.page, errors: tab.errors };
}

const row = (page: Page, kind: string) => page.locator(`[data-testid="lab-row"][data-kind="${kind}"]`).first();

test('the Lab shows the CONNECT that the page sent, and explains each bit of its frame', async () => {
  const { page, errors } = await openLab();
  await page.waitForURL(({ pathname }) => pathname === '/lab');
  await page.getByTestId('lab-pause').click();
  await page.getByTestId('lab-filter').fill('connect');
  await row(page, 'CONNECTED').waitFor();
  await row(page, 'CONNECT').click();
  const grid = page.getByTestId('bit-grid');
  await grid.waitFor();
  const bits = (part: string): Promise<string | null> =>
    grid.locator(`[data-part="${part}"]`).first().getAttribute('data-bits');
  assert.equal(await bits('FIN'), '1');
  assert.equal(await bits('opcode'), '0001');
  assert.equal(await bits('MASK'), '1');
  assert.equal((await bits('length, 7 bits'))?.length, 7);
  const stomp = page.locator('[data-testid="lab-section"][data-title="STOMP frame"]');
  await stomp.filter({ hasText: /accept-version:1\.2/ }).waitFor();
  await page.goBack();
  await page.getByTestId('chat-input').waitFor();
  assert.deepEqual(errors, []);
  await page.context().close();
});

test('a broken frame on the Lab’s own connection is answered with an ERROR, and the chat goes on', async () => {
  const { page, errors } = await openLab();
  await page.getByLabel('Protocol').selectOption('websocket');
  await page.getByTestId('lab-connect').click();
  await page.locator('[data-testid="lab-connect"][data-state="open"]').waitFor();
  await page.getByTestId('lab-send').click();
  await page.getByTestId('lab-filter').fill('lab');
  await row(page, 'CONNECTED').waitFor();
  await page.getByTestId('lab-preset').selectOption('Broken: SUBSCRIBE without an id');
  await page.getByTestId('lab-send').click();
  await row(page, 'ERROR').click();
  await page.locator('[data-title="STOMP frame"]').filter({ hasText: 'missing-header' }).waitFor();
  await page.locator('[data-testid="lab-connect"][data-state="closed"]').waitFor();
  await page.locator('[data-testid="connection-chat"][data-state="live"]').waitFor({ state: 'attached' });
  assert.deepEqual(errors, []);
  await page.context().close();
});

test('prices come in as events, the keys move through them, and clearing empties the list', async () => {
  const { page, errors } = await openLab();
  await page.getByLabel('Protocol').selectOption('sse');
  await row(page, 'market-tick').waitFor();
  await page.getByTestId('lab-pause').click();
  await page.getByTestId('lab-list').focus();
  await page.keyboard.press('Home');
  const selected = page.locator('[data-testid="lab-row"][aria-selected="true"]');
  const first = await selected.getAttribute('id');
  await page.keyboard.press('ArrowDown');
  await eventually(async () => assert.notEqual(await selected.getAttribute('id'), first));
  const event = page.locator('[data-testid="lab-section"][data-title="Event"]');
  await event.filter({ hasText: 'data: {' }).waitFor();
  await page.getByTestId('lab-clear').click();
  await page.getByTestId('lab-row').first().waitFor({ state: 'detached' });
  assert.deepEqual(errors, []);
  await page.context().close();
});

test('the Lab can be opened by its address, and Sec-WebSocket-Accept is computed there', async () => {
  const page = await (await browser.newContext()).newPage();
  const response = await page.goto(`${server.url}/lab`);
  assert.equal(response?.status(), 200);
  await page.locator('[data-step="accept"]', { hasText: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }).waitFor();
  await page.context().close();
});

test('with the debug stream on, the Lab shows the handshake and real masking keys', async () => {
  const other = await ServerProcess.create({ PROTOCOL_LAB: 'on', MARKET_TICKS_PER_SECOND: '4' });
  try {
    await other.start();
    const page = await (await browser.newContext()).newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${other.url}/lab`);
    await page.locator('[data-testid="lab-source"][data-source="wire"]').waitFor();
    await page.getByTestId('lab-filter').fill('ws-endpoint');
    await row(page, 'HTTP head').click();
    const accept = await page.locator('[data-step="accept"] code').textContent();
    await page.getByTestId('lab-filter').fill('101 Switching');
    await row(page, 'HTTP head').click();
    await page
      .locator('[data-title="HTTP head"]')
      .filter({ hasText: `${accept}` })
      .waitFor();
    await page.getByTestId('lab-filter').fill('chat');
    await page.getByLabel('Direction').selectOption('client');
    await page.locator('[data-testid="lab-row"]:not([data-kind="HTTP head"])').last().click();
    const key = page.locator('[data-testid="bit-grid"] [data-part="masking key"]').first();
    await eventually(async () => assert.match((await key.getAttribute('data-bits')) ?? '', /1/));
    assert.deepEqual(errors, []);
    await page.context().close();
  } finally {
    await other.dispose();
  }
});

/** As behind a proxy that lets no WebSocket through. */
const NO_WEBSOCKET = 'window.WebSocket = class { constructor() { throw new Error("blocked"); } };';

test('where WebSocket is blocked the frames of SockJS are taken apart, and frames of one’s own go over it, also broken ones', async () => {
  const context = await browser.newContext();
  await context.addInitScript(NO_WEBSOCKET);
  const page = await context.newPage();
  await page.goto(`${server.url}/lab`);
  await page.getByLabel('Protocol').selectOption('sockjs');
  await row(page, 'open').waitFor();
  await row(page, 'CONNECTED').click();
  await page.locator('[data-title="SockJS envelope"]').filter({ hasText: 'An array of messages' }).waitFor();
  await page.locator('[data-title="STOMP frame"]').filter({ hasText: 'version:1.2' }).waitFor();
  await page.getByTestId('lab-over').selectOption('xhr-streaming');
  await page.getByTestId('lab-connect').click();
  await page.locator('[data-testid="lab-connect"][data-state="open"]').waitFor();
  await page.getByTestId('lab-filter').fill('lab');
  await page.getByTestId('lab-send').click();
  await row(page, 'CONNECTED').waitFor();
  await page.getByTestId('lab-preset').selectOption('Broken: SUBSCRIBE without an id');
  await page.getByTestId('lab-send').click();
  await row(page, 'ERROR').click();
  await page.locator('[data-title="STOMP frame"]').filter({ hasText: 'missing-header' }).waitFor();
  await page.locator('[data-testid="lab-connect"][data-state="closed"]').waitFor();
  await page.locator('[data-testid="connection-chat"][data-state="live"]').waitFor({ state: 'attached' });
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing wrong with the Lab and a frame that is explained, ${colorScheme}, ${width} pixels wide`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } });
      const page = await context.newPage();
      await page.goto(`${server.url}/lab`);
      await page.getByTestId('lab-filter').fill('login');
      await row(page, 'CONNECT').click();
      await page.getByTestId('bit-grid').waitFor();
      assert.deepEqual(await violations(page), []);
      await context.close();
    });
  }
}
