// The chat's list, rooms, drafts and keys in a real browser.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, Tab } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { fastClock } from '../support/fast-clock.ts';
import { glimpse } from '../support/glimpse.ts';
import { StompClient } from '../support/stomp-client.ts';
import { TestApp } from '../support/test-app.ts';

const MANY = 10_000;
const AT_ONCE = 100;

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;

before(async () => {
  app = await TestApp.start(
    { CHAT_ROOMS: ['global', 'trading', 'long'], CHAT_RATE_LIMIT: 0 },
    { page: join(import.meta.dirname, '../../web/dist') },
  );
  stack.defer(() => app.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

async function post(room: string, sender: string, content: string): Promise<void> {
  const answer = await app.post(`/api/chat/messages?room=${room}`, { sender, content });
  assert.equal(answer.status, 201);
}

async function fill(room: string, count: number): Promise<void> {
  const client = await StompClient.connect(app.url);
  const destination = `/app/chat.${room}`;
  for (let n = 0; n < count; n++) {
    const content = `message ${n} ${'and some more words '.repeat(n % 9)}`;
    const message = { sender: `user ${n % 7}`, content };
    // The last of each hundred is waited for: those before it are accepted by then.
    if (n % AT_ONCE === AT_ONCE - 1) await client.accepted(destination, message);
    else client.send('SEND', { destination }, JSON.stringify(message));
  }
  await client.close();
}

async function opened(path: string, name: string): Promise<{ tab: Tab; context: BrowserContext }> {
  const context = await browser.newContext();
  return { context, tab: await Tab.open(context, `${app.url}${path}`, name) };
}

/** What is drawn: how many rows, their seqs, and the element at the top of the list. */
async function drawn(page: Page): Promise<{ rows: number; nodes: number; seqs: number[] }> {
  return await page.getByTestId('messages').evaluate((list) => ({
    rows: list.children.length,
    nodes: list.ownerDocument.querySelectorAll('*').length,
    seqs: [...list.querySelectorAll('[data-seq]')].map((row) => Number(row.getAttribute('data-seq'))),
  }));
}

/** Scrolls to the very top until the beginning of the room is there. Returns how far the row at the top ever jumped. */
async function readEverything(page: Page): Promise<{ jump: number; frames: number[] }> {
  return await page.getByTestId('message-scroller').evaluate(async (scroller) => {
    const frame = (): Promise<number> =>
      new Promise((resolve) => scroller.ownerDocument.defaultView.requestAnimationFrame(resolve));
    const frames: number[] = [];
    let jump = 0;
    for (let rounds = 0; rounds < 2_000; rounds++) {
      const beginning = /The beginning/.test(scroller.textContent ?? '');
      if (beginning && scroller.scrollTop === 0) break;
      scroller.scrollTop = beginning ? 0 : Math.max(40, scroller.scrollTop - 900);
      let last = await frame();
      const place = (row: { getBoundingClientRect(): { readonly top: number } }): number =>
        row.getBoundingClientRect().top;
      const { top } = scroller.getBoundingClientRect();
      // The row that is read: while nobody scrolls it must stay where it is, whatever is read and measured above it.
      const row = [...scroller.querySelectorAll('[data-seq]')].find((each) => place(each) >= top);
      const at = row === undefined ? 0 : place(row);
      for (let i = 0; i < 4; i++) {
        const now = await frame();
        frames.push(now - last);
        last = now;
      }
      if (row?.isConnected === true) jump = Math.max(jump, Math.abs(place(row) - at));
    }
    return { jump, frames };
  });
}

function contiguous(seqs: readonly number[]): boolean {
  return seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1);
}

test('of 10,000 messages some dozens are drawn, and reading up to the first one never jumps', async (t: TestContext) => {
  await fill('long', MANY);
  const { tab, context } = await opened('/?room=long', 'Reader');
  await tab.sees(`message ${MANY - 1}`);
  const { jump, frames } = await readEverything(tab.page);
  const top = await drawn(tab.page);
  assert.equal(top.seqs[0], 1, 'the first message is there');
  assert.ok(contiguous(top.seqs), `${top.seqs}`);
  assert.ok(top.rows < 150 && top.nodes < 2_500, `${top.rows} rows, ${top.nodes} nodes`);
  assert.ok(jump <= 2, `a row jumped by ${jump} pixels`);
  const sorted = frames.toSorted((a, b) => a - b);
  t.diagnostic(`rows drawn ${top.rows}, elements of the page ${top.nodes}`);
  t.diagnostic(
    `frames while scrolling: median ${sorted[sorted.length >> 1]} ms, p99 ${sorted[Math.floor(sorted.length * 0.99)]} ms`,
  );
  await tab.page.getByTestId('to-newest').click();
  await tab.page.locator(`[data-seq="${MANY}"]`).waitFor();
  assert.deepEqual(tab.errors, []);
  await context.close();
});

test('a list that becomes smaller while it shows the newest goes on showing them', async () => {
  for (let i = 0; i < 60; i++) await post('trading', 'Bob', `talk ${i}`);
  const { tab, context } = await opened('/?room=trading', 'Ann');
  await tab.sees('talk 59');
  await tab.page.getByTestId('message-scroller').evaluate((scroller) => {
    const area = scroller.parentElement;
    if (area !== null) area.style.maxHeight = '200px';
    // As the browser says it of a scroll just before, before anybody knows of the new size.
    scroller.dispatchEvent(new Event('scroll'));
  });
  await eventually(async () => {
    const rest = await tab.page
      .getByTestId('message-scroller')
      .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    assert.ok(rest < 2, `${rest} pixels from the end`);
  });
  await tab.page.getByTestId('to-newest').waitFor({ state: 'detached' });
  await context.close();
});

test('who reads older messages sees how many are new, and a line before the first of them', async () => {
  for (let i = 0; i < 60; i++) await post('global', 'Bob', `old ${i}`);
  const { tab, context } = await opened('/', 'Ann');
  await tab.sees('old 59');
  await tab.page.getByTestId('message-scroller').evaluate((scroller) => scroller.scrollTo(0, 600));
  const jump = tab.page.getByTestId('to-newest');
  await jump.waitFor();
  for (const text of ['new one', 'new two', 'new three']) await post('global', 'Bob', text);
  await jump.filter({ hasText: '3 new' }).waitFor();
  await eventually(async () => assert.match(await tab.page.title(), /^\(3\)/));
  await jump.click();
  await tab.sees('new three');
  const line = tab.page.getByTestId('first-new');
  await line.waitFor();
  const after = await line.evaluate((row) => row.nextElementSibling?.textContent ?? '');
  assert.match(after, /new one/);
  await jump.waitFor({ state: 'detached' });
  await eventually(async () => assert.doesNotMatch(await tab.page.title(), /^\(/));
  await context.close();
});

test('rooms count what is unread, stand in the address, and keep their drafts over a reload', async () => {
  const { tab, context } = await opened('/', 'Ann');
  const { page } = tab;
  await tab.follows('trading');
  await post('trading', 'Bob', 'over here');
  await page.getByTestId('unread-trading').filter({ hasText: '1' }).waitFor();
  await page.getByTestId('chat-input').fill('a draft for global');
  await page.getByTestId('room-trading').click();
  await tab.sees('over here');
  await page.waitForURL(({ searchParams }) => searchParams.get('room') === 'trading');
  await page.getByTestId('unread-trading').waitFor({ state: 'detached' });
  const draft = (text: string): Promise<void> =>
    eventually(async () => assert.equal(await page.getByTestId('chat-input').inputValue(), text));
  await draft('');
  await page.getByTestId('chat-input').fill('a draft for trading');
  await page.reload();
  await tab.sees('over here');
  await draft('a draft for trading');
  await page.getByTestId('room-global').click();
  await draft('a draft for global');
  await page.goBack();
  await page.locator('[data-testid="room-trading"][aria-current]').waitFor();
  await context.close();
});

test('what is said in a room is seen by those in it alone', async () => {
  const { tab: ann, context: one } = await opened('/?room=trading', 'Ann');
  const { tab: bob, context: two } = await opened('/', 'Bob');
  await bob.follows('trading');
  await ann.say('for traders');
  await ann.sees('for traders');
  await bob.page.getByTestId('unread-trading').waitFor();
  assert.equal(await bob.count('for traders'), 0);
  await one.close();
  await two.close();
});

test('what came while the page was closed is unread when it is opened again', async () => {
  const { tab, context } = await opened('/?room=trading', 'Ann');
  await tab.say('seen');
  await tab.sees('seen');
  await tab.page.goto('about:blank');
  await post('trading', 'Bob', 'said meanwhile');
  await tab.page.goto(app.url);
  await tab.page.getByTestId('unread-trading').filter({ hasText: '1' }).waitFor();
  await context.close();
});

test('what the server refuses says why in plain words, and can be sent again', async () => {
  // Its second lasts four, so that a browser that is slow is too fast all the same.
  const clock = fastClock(1 / 4);
  const page = join(import.meta.dirname, '../../web/dist');
  const strict = await TestApp.start({ CHAT_RATE_LIMIT: 1 }, { page, clock });
  stack.defer(() => strict.close());
  const context = await browser.newContext();
  const tab = await Tab.open(context, strict.url, 'Ann');
  for (let i = 0; i < 12; i++) await tab.say(`fast ${i}`);
  const failed = tab.page.locator('[data-testid="chat-message"][data-state="failed"]').first();
  await failed.waitFor();
  assert.match(await failed.innerText(), /faster than this server allows/);
  const id = await failed.getAttribute('data-id');
  await eventually(async () => {
    const retry = tab.page.locator(`[data-id="${id}"]`).getByTestId('retry');
    if ((await retry.count()) > 0) await retry.click();
    assert.ok((await tab.page.locator(`[data-id="${id}"][data-state="sent"]`).count()) > 0);
  });
  await context.close();
});

test('by keyboard: help, writing, rooms, messages and copying, and the focus comes back', async () => {
  const { tab, context } = await opened('/', 'Ann');
  const { page } = tab;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.say('copy me 😀');
  await tab.sees('copy me');
  await page.getByTestId('chat-input').press('Escape');
  await page.getByTestId('help-open').focus();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator('[data-testid="help-open"]:focus').waitFor();
  await page.keyboard.press('m');
  await page.locator('[data-testid="chat-input"]:focus').waitFor();
  await page.keyboard.type('to the :rocket:');
  await eventually(async () => assert.equal(await page.getByTestId('chat-input').inputValue(), 'to the 🚀'));
  await page.keyboard.press('Alt+ArrowDown');
  await page.locator('[data-testid="room-trading"][aria-current]').waitFor();
  await page.keyboard.press('Alt+ArrowUp');
  await page.locator('[data-testid="room-global"][aria-current]').waitFor();
  await page.getByTestId('message-scroller').focus();
  await page.keyboard.press('ArrowUp');
  await page.locator('.message:focus', { hasText: 'copy me' }).waitFor();
  const copied = await glimpse(page, '.message:focus [aria-label="Copied"]');
  await page.keyboard.press('c');
  await copied();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'copy me 😀');
  await page.keyboard.press('ArrowUp');
  await page.locator('.message:focus').filter({ hasNotText: 'copy me' }).waitFor();
  assert.deepEqual(tab.errors, []);
  await context.close();
});

test('a key counts as soon as the help is closed, before its dialog has said so', async () => {
  const { tab, context } = await opened('/', 'Ann');
  const { page } = tab;
  await page.getByTestId('help-open').click();
  await page.locator('dialog[open]').waitFor();
  await page.evaluate(`
    document.querySelector('dialog[open]').close();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'm', bubbles: true }));
  `);
  await page.locator('[data-testid="chat-input"]:focus').waitFor();
  await context.close();
});

test('a message of several lines, and one that is too long', async () => {
  const { tab, context } = await opened('/', 'Ann');
  const input = tab.page.getByTestId('chat-input');
  await input.fill('one');
  await input.press('Shift+Enter');
  await input.pressSequentially('two');
  await input.press('Enter');
  await tab.page
    .getByTestId('chat-content')
    .filter({ hasText: /one\s*two/ })
    .first()
    .waitFor();
  await input.fill('x'.repeat(1_950));
  await tab.page.getByTestId('count').filter({ hasText: '1,950 / 2,000' }).waitFor();
  await input.fill('\u{1F600}'.repeat(2_001));
  await tab.page.getByTestId('count').filter({ hasText: '1 too many' }).waitFor();
  await tab.page.locator('[data-testid="chat-send"]:disabled').waitFor();
  await context.close();
});
