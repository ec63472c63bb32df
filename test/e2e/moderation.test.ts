import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { launchBrowser, Tab } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';

const TOKEN = 'the-token-of-the-moderators';
let browser: Browser;
let server: ServerProcess;
let mod: Tab;
let ann: Tab;

before(async () => {
  server = await ServerProcess.create({ MODERATOR_TOKEN: TOKEN, MARKET_SOURCE: 'off' });
  await server.start();
  browser = await launchBrowser();
  ann = await Tab.open(await browser.newContext(), server.url, 'Ann');
  mod = await Tab.open(await browser.newContext(), `${server.url}/#token=${TOKEN}`, 'Zoe');
  await mod.page.getByTestId('moderation-bar').waitFor();
});

after(async () => {
  await browser?.close();
  await server?.dispose();
});

const row = (page: Page, text: string) => page.getByTestId('chat-message').filter({ hasText: text });

async function openMenu(text: string): Promise<void> {
  await row(mod.page, text).hover();
  await row(mod.page, text).getByTestId('moderate').click();
  await mod.page.getByTestId('moderation-menu').waitFor();
}

test('the token does not stay in the address, and others see nothing of moderating', async () => {
  await mod.page.waitForURL(({ hash }) => hash === '');
  assert.equal(await ann.page.getByTestId('moderation-bar').count(), 0);
  await ann.say('look at me');
  await ann.sees('look at me');
  assert.equal(await ann.page.getByTestId('moderate').count(), 0);
});

test('a message that a moderator deletes vanishes from every page at once, and stays away', async () => {
  await ann.say('something rude');
  await mod.sees('something rude');
  await openMenu('something rude');
  await mod.page.getByTestId('moderation-delete').click();
  assert.equal(await row(ann.page, 'something rude').count(), 1, 'it asks first');
  await mod.page.getByTestId('moderation-delete').click();
  await row(ann.page, 'something rude').waitFor({ state: 'detached' });
  await row(mod.page, 'something rude').waitFor({ state: 'detached' });
  await mod.page.getByTestId('moderation-menu').waitFor({ state: 'detached' });
  await ann.page.reload();
  await ann.connected();
  await ann.sees('look at me');
  assert.equal(await ann.count('something rude'), 0);
  await ann.say('still here');
  await mod.sees('still here');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong with what a moderator sees, ${colorScheme}`, async () => {
    await mod.page.emulateMedia({ colorScheme });
    await openMenu('look at me');
    await mod.page.getByTestId('moderation-delete').click();
    assert.deepEqual(await violations(mod.page), []);
    await mod.page.keyboard.press('Escape');
    await mod.page.getByTestId('moderation-menu').waitFor({ state: 'detached' });
  });
}

test('by keyboard too', async () => {
  await ann.say('by keyboard');
  await mod.sees('by keyboard');
  await mod.page.getByTestId('message-scroller').focus();
  await mod.page.keyboard.press('ArrowUp');
  await mod.page.keyboard.press('m');
  await mod.page.getByTestId('moderation-menu').waitFor();
  await mod.page.keyboard.press('Escape');
  await mod.page.getByTestId('moderation-menu').waitFor({ state: 'detached' });
  await mod.page.keyboard.press('m');
  await mod.page.keyboard.press('Enter');
  await mod.page.keyboard.press('Enter');
  await row(ann.page, 'by keyboard').waitFor({ state: 'detached' });
});

test('a closed room takes messages of moderators alone, and tells others so', async () => {
  await mod.page.getByTestId('close-room').click();
  await mod.page.getByTestId('close-room').filter({ hasText: 'Open room' }).waitFor();
  await ann.page.locator('[data-testid="room-note"][data-kind="closed"]').waitFor();
  await ann.page.locator('[data-testid="chat-input"]:disabled').waitFor();
  assert.deepEqual(await violations(ann.page), []);
  await mod.say('calm down, please');
  await ann.sees('calm down, please');
  await mod.page.getByTestId('close-room').click();
  await mod.page.getByTestId('close-room').filter({ hasText: 'Close room' }).waitFor();
  await ann.page.getByTestId('room-note').waitFor({ state: 'detached' });
  await ann.say('thank you');
  await mod.sees('thank you');
});

test('slow mode says how long to wait, before and after', async () => {
  await mod.page.getByTestId('slow-mode').selectOption('3600');
  const note = ann.page.getByTestId('room-note');
  await note.filter({ hasText: 'one message every 1 h' }).waitFor();
  // What was said before counts already.
  await ann.page
    .getByTestId('room-wait')
    .filter({ hasText: /Wait \d+ min/ })
    .waitFor();
  await ann.page.getByTestId('chat-input').fill('two');
  await ann.page.locator('[data-testid="chat-send"]:disabled').waitFor();
  await ann.page.getByTestId('chat-input').press('Enter');
  assert.equal(await ann.page.getByTestId('chat-input').inputValue(), 'two', 'it is kept');
  await mod.page.getByTestId('slow-mode').selectOption('0');
  await note.waitFor({ state: 'detached' });
  await ann.page.getByTestId('chat-input').press('Enter');
  await ann.sees('two');
});

test('the panel lets somebody send again, refuses a word, and shows what was done', async () => {
  await ann.say('mute me');
  await mod.sees('mute me');
  await openMenu('mute me');
  await mod.page.getByTestId('moderation-mute-600').click();
  await mod.page.getByTestId('moderation-more').click();
  const muted = mod.page.getByTestId('moderation-muted').filter({ hasText: 'Ann' });
  await muted.waitFor();
  await mod.page.getByTestId('moderation-new-word').fill('gibberish');
  await mod.page.getByTestId('moderation-new-word').press('Enter');
  await mod.page.getByTestId('moderation-word').filter({ hasText: 'gibberish' }).waitFor();
  assert.deepEqual(await violations(mod.page), []);
  await muted.getByRole('button').click();
  await muted.waitFor({ state: 'detached' });
  await mod.page.getByTestId('moderation-entry').filter({ hasText: 'unmute Ann' }).waitFor();
  await mod.page.getByRole('button', { name: 'Allow gibberish again' }).click();
  await mod.page.getByTestId('moderation-word').waitFor({ state: 'detached' });
  await mod.page.keyboard.press('Escape');
  await mod.page.getByTestId('moderation-panel').waitFor({ state: 'detached' });
  await ann.say('back again');
  await mod.sees('back again');
});

test('one who is muted is told so, and for how long, under another name too', async () => {
  await openMenu('thank you');
  // The menu is closed before that is done.
  const muted = mod.page.waitForResponse((response) => response.url().endsWith('/api/moderation/mutes'));
  await mod.page.getByTestId('moderation-mute-600').click();
  assert.ok((await muted).ok());
  await ann.rename('Eve');
  await ann.connected();
  await ann.say('am I muted?');
  await row(ann.page, 'am I muted?').filter({ hasText: 'You are muted' }).waitFor();
});

test('a reload keeps a moderator signed in, signing out ends it, and the form takes the token again', async () => {
  await mod.page.reload();
  await mod.page.getByTestId('moderation-bar').waitFor();
  await mod.page.getByTestId('moderation-leave').click();
  await mod.page.getByTestId('moderation-bar').waitFor({ state: 'detached' });
  await mod.page.reload();
  await mod.connected();
  assert.equal(await mod.page.getByTestId('moderation-bar').count(), 0);
  await mod.page.goto(`${server.url}/#moderate`);
  await mod.page.getByTestId('moderation-token').fill('a-wrong-token-of-somebody');
  await mod.page.getByTestId('moderation-submit').click();
  await mod.page.getByRole('alert').filter({ hasText: 'not the token' }).waitFor();
  await mod.page.getByTestId('moderation-token').fill(TOKEN);
  await mod.page.getByTestId('moderation-submit').click();
  await mod.page.getByTestId('moderation-bar').waitFor();
  assert.deepEqual([...ann.errors, ...mod.errors], []);
});
