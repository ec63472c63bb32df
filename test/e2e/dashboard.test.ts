import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, Tab } from '../support/browser.ts';
import { CutProxy } from '../support/cut-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { ServerProcess } from '../support/server-process.ts';

const OFFLINE_SECONDS = 60;

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

/** 1, 2, 3 …: what a page shows when nothing is lost, doubled or out of order. */
function contiguous(seqs: readonly number[]): boolean {
  return seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1);
}

test('two tabs share a chat, see who types and who is here', async () => {
  const context = await browser.newContext();
  const ann = await Tab.open(context, server.url, 'Ann');
  const bob = await Tab.open(await browser.newContext(), server.url, 'Bob');
  await ann.say('good morning');
  await bob.sees('good morning');
  await ann.sees('good morning');
  await bob.page.getByTestId('chat-input').pressSequentially('hello');
  const typing = ann.page.getByTestId('typing').filter({ hasText: 'Bob' });
  // A second after the last key it is over: he goes on until she sees it.
  await eventually(async () => {
    await bob.page.getByTestId('chat-input').pressSequentially('o');
    assert.ok(await typing.isVisible());
  });
  await bob.page.getByTestId('chat-input').press('Enter');
  await ann.sees('hello');
  await bob.sees('hello');
  assert.deepEqual(await ann.seqs(), await bob.seqs());
  assert.equal(await ann.count('good morning'), 1);
  await ann.page.getByTestId('users').filter({ hasText: '2' }).waitFor();
  assert.deepEqual([...ann.errors, ...bob.errors], []);
  await context.close();
});

test('text is shown as text, whatever it says', async () => {
  const tab = await Tab.open(await browser.newContext(), server.url, 'Eve');
  const text = '<img src=x onerror=alert(1)> </script><b>&amp; \u{1F600} שלום';
  await tab.say(text);
  await tab.sees('<img src=x onerror=alert(1)>');
  assert.equal(await tab.page.locator('[data-testid="chat-message"] img').count(), 0);
  assert.deepEqual(tab.errors, []);
  await tab.page.context().close();
});

test('prices move, and the chart of the chosen symbol is drawn', async () => {
  const tab = await Tab.open(await browser.newContext(), server.url, 'Cat');
  await tab.page.locator('[data-testid="price-row"][data-symbol="BTC-USD"]').waitFor();
  const first = await tab.price('BTC-USD');
  await tab.priceMoves('BTC-USD', first);
  await tab.page.locator('canvas').first().waitFor();
  assert.deepEqual(tab.errors, []);
  await tab.page.context().close();
});

test('a server that is killed and started again loses and doubles no message', async () => {
  const ann = await Tab.open(await browser.newContext(), server.url, 'Ann');
  const bob = await Tab.open(await browser.newContext(), server.url, 'Bob');
  await ann.say('before the crash');
  await bob.sees('before the crash');
  await server.kill();
  await ann.say('written while it is down');
  await server.start();
  await bob.say('after the crash');
  for (const tab of [ann, bob]) {
    await tab.sees('written while it is down');
    await tab.sees('after the crash');
    assert.ok(contiguous(await tab.seqs()), `${await tab.seqs()}`);
    for (const text of ['before the crash', 'written while it is down', 'after the crash'])
      assert.equal(await tab.count(text), 1);
  }
  await ann.page.context().close();
  await bob.page.context().close();
});

test(`after ${OFFLINE_SECONDS} s without a network everything said meanwhile is there, once and in order`, async () => {
  const proxy = await CutProxy.create(server.port);
  const away = await Tab.open(await browser.newContext(), proxy.url, 'Away');
  const here = await Tab.open(await browser.newContext(), server.url, 'Here');
  await here.say('both hear this');
  await away.sees('both hear this');
  proxy.cut();
  await away.say('said into the void');
  for (let n = 0; n < OFFLINE_SECONDS; n += 5) {
    await here.say(`meanwhile ${n}`);
    await here.sees(`meanwhile ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  assert.equal(await away.count('meanwhile'), 0);
  proxy.mend();
  await away.sees(`meanwhile ${OFFLINE_SECONDS - 5}`);
  await away.sees('said into the void');
  await here.sees('said into the void');
  await eventually(async () => assert.deepEqual((await away.seqs()).slice(-14), (await here.seqs()).slice(-14)));
  assert.ok(contiguous(await away.seqs()), `${await away.seqs()}`);
  assert.equal(await here.count('said into the void'), 1);
  assert.equal(await away.count('said into the void'), 1);
  proxy.close();
  await away.page.context().close();
  await here.page.context().close();
});
