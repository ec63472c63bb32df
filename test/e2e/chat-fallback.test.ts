// The page where something on the way to the server, or in the browser, lets no WebSocket through.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { Front, type ProxySetup } from '../doctor/front-proxy.ts';
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

async function behind(setup: ProxySetup): Promise<string> {
  const proxy = await Front.before([app.url], setup);
  stack.defer(() => proxy.close());
  return proxy.url.href;
}

/** What a tab says of how its chat is connected. */
async function transportOf({ page }: Tab): Promise<string> {
  return (await page.getByTestId('connection-chat').getAttribute('data-transport')) ?? '';
}

/** Errors of the page itself: the browser reports each WebSocket that was refused. */
function ownErrors({ errors }: Tab): string[] {
  return errors.filter((error) => !error.startsWith('WebSocket connection to'));
}

/** Ann, behind what blocks, and Bob, who is not, hear each other. */
async function chatting(context: BrowserContext, url: string, topic: string): Promise<Tab> {
  const ann = await Tab.open(context, url, 'Ann');
  const bob = await Tab.open(await browser.newContext(), app.url, 'Bob');
  await ann.say(`${topic}: Ann writes`);
  await bob.sees(`${topic}: Ann writes`);
  await bob.say(`${topic}: Bob answers \u{1F44B} </script>`);
  await ann.sees(`${topic}: Bob answers \u{1F44B} </script>`);
  await ann.sees(`${topic}: Ann writes`);
  assert.equal(await ann.count(`${topic}: Ann writes`), 1);
  assert.equal(await transportOf(bob), 'websocket');
  await bob.page.context().close();
  return ann;
}

test('behind a proxy that refuses upgrades the page chats over SockJS xhr-streaming, and says so', async () => {
  const context = await browser.newContext();
  const ann = await chatting(context, await behind({ upgrades: false }), 'no upgrades');
  assert.equal(await transportOf(ann), 'xhr-streaming');
  assert.match(await ann.page.getByTestId('connection').innerText(), /streaming through SockJS/i);
  assert.deepEqual(ownErrors(ann), []);
  await context.close();
});

test('behind a proxy that also holds answers back the page polls through SockJS, and says so', async () => {
  const context = await browser.newContext();
  const ann = await chatting(context, await behind({ upgrades: false, buffers: true }), 'held back');
  assert.equal(await transportOf(ann), 'xhr-polling');
  assert.match(await ann.page.getByTestId('connection').innerText(), /polling through SockJS/i);
  assert.deepEqual(ownErrors(ann), []);
  await context.close();
});

test('where a policy forbids WebSocket by throwing, the page chats over SockJS', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.assign(globalThis, {
      WebSocket: class {
        constructor() {
          throw new DOMException('forbidden', 'SecurityError');
        }
      },
    });
  });
  const ann = await chatting(context, app.url, 'forbidden');
  assert.equal(await transportOf(ann), 'xhr-streaming');
  assert.deepEqual(ownErrors(ann), []);
  await context.close();
});

test('a WebSocket that never opens is given up, and what worked is kept over a reload', async () => {
  const context = await browser.newContext();
  let tries = 0;
  // A route that connects to no server: the page's socket opens as soon as the handler returns, so this one does not.
  await context.routeWebSocket(/ws-endpoint/, () => {
    tries++;
    return new Promise<void>(() => undefined);
  });
  const ann = await chatting(context, app.url, 'silence');
  assert.equal(await transportOf(ann), 'xhr-streaming');
  const before = tries;
  await ann.page.reload();
  await ann.connected();
  assert.equal(await transportOf(ann), 'xhr-streaming');
  assert.equal(tries, before, 'WebSocket is not tried again at once');
  await context.close();
});

test('a page that fell back loses and doubles nothing when its network is cut', async () => {
  const context = await browser.newContext();
  const ann = await Tab.open(context, await behind({ upgrades: false, buffers: true }), 'Ann');
  const bob = await Tab.open(await browser.newContext(), app.url, 'Bob');
  await context.setOffline(true);
  await ann.say('written offline');
  await bob.say('said meanwhile');
  await bob.sees('said meanwhile');
  await context.setOffline(false);
  await ann.sees('said meanwhile');
  await ann.sees('written offline');
  await bob.sees('written offline');
  assert.equal(await ann.count('said meanwhile'), 1);
  assert.equal(await bob.count('written offline'), 1);
  await bob.page.context().close();
  await context.close();
});

test('the library is no part of the first load where WebSocket works', async () => {
  const context = await browser.newContext();
  const loaded: string[] = [];
  context.on('request', (request) => loaded.push(request.url()));
  const ann = await Tab.open(context, app.url, 'Ann');
  assert.equal(await transportOf(ann), 'websocket');
  assert.ok(loaded.some((url) => /assets\/index-/.test(url)));
  assert.deepEqual(
    loaded.filter((url) => /sockjs/i.test(url)),
    [],
  );
  await context.close();
});
