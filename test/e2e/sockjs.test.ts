// Transports of sockjs-client that only a browser has, forced one by one, from the server's own page and from another site.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { TestApp } from '../support/test-app.ts';

const stack = new AsyncDisposableStack();
let app: TestApp;
let browser: Browser;
/** Another site, whose page loads the library from the server. */
let elsewhere: string;

before(async () => {
  const page = await mkdtemp(join(tmpdir(), 'towncrier-page-'));
  stack.defer(() => rm(page, { recursive: true, force: true }));
  await writeFile(
    join(page, 'index.html'),
    '<!doctype html><title>x</title><body><script src="/ws-endpoint/sockjs.min.js"></script>',
  );
  let html = '';
  const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  stack.defer(() => {
    site.closeAllConnections();
    site.close();
  });
  elsewhere = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // an address, because it listens on TCP
  app = await TestApp.start({ SOCKJS_RESPONSE_LIMIT: 4_096, ALLOWED_ORIGINS: [elsewhere] }, { page });
  stack.defer(() => app.close());
  html = `<!doctype html><title>x</title><body><script src="${app.url}/ws-endpoint/sockjs.min.js"></script>`;
  browser = await launchBrowser();
  stack.defer(() => browser.close());
});
after(() => stack.disposeAsync());

/** What the page does: chats over a SockJS session of this transport, and gives back what it saw of these texts. */
async function chat(page: Page, transport: string, texts: readonly string[]): Promise<readonly string[]> {
  return await page.evaluate(
    async ([url, transports, all]) => {
      // The library of the page.
      // biome-ignore lint/suspicious/noExplicitAny: a script of the page has made it, and no types.
      const { SockJS } = globalThis as any;
      // Its own guess from one round trip is too short where the browser has much to do.
      const socket = new SockJS(url, null, { transports, timeout: 60_000 });
      const seen: string[] = [];
      await new Promise<void>((resolve, reject) => {
        setTimeout(() => reject(new Error(`only ${seen.length} came`)), 60_000);
        const send = (text: string): void => socket.send(`${text}\0`);
        socket.onopen = () => send('CONNECT\naccept-version:1.2\nhost:x\nlogin:browser\n\n');
        socket.onclose = (event: { code: number; reason: string }) =>
          reject(new Error(`${event.code} ${event.reason}`));
        socket.onmessage = ({ data }: { data: string }) => {
          if (data.startsWith('CONNECTED')) {
            send('SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:0\n\n');
            for (const content of all) send(`SEND\ndestination:/app/chat\n\n${JSON.stringify({ content })}`);
          }
          if (!data.startsWith('MESSAGE')) return;
          const { content } = JSON.parse(data.slice(data.indexOf('\n\n') + 2, -1));
          if (all.includes(content)) seen.push(content);
          if (seen.length === all.length) resolve();
        };
      });
      socket.onclose = null;
      socket.close();
      return seen;
    },
    [`${app.url}/ws-endpoint`, [transport], texts] as const,
  );
}

/** Texts that want to leave their script, and are more than one answer carries. */
function hostile(name: string): string[] {
  return Array.from(
    { length: 12 },
    (_, number) =>
      `${name} ${number} </script><script>document.title='lost'</script><!-- "'\\ 😀\u2028${'x'.repeat(500)}`,
  );
}

const own = ['websocket', 'xhr-streaming', 'eventsource', 'htmlfile', 'xhr-polling', 'jsonp-polling'];
const others = [
  ...own.filter((name) => name !== 'htmlfile'),
  'iframe-eventsource',
  'iframe-htmlfile',
  'iframe-xhr-polling',
];

for (const [where, transports] of [
  ['the server’s own page', own],
  ['a page of another site', others],
] as const) {
  for (const transport of transports) {
    test(`${transport} chats from ${where}, and no text leaves its script`, async () => {
      const page = await browser.newPage();
      try {
        await page.goto(transports === own ? app.url : elsewhere);
        const texts = hostile(`${transport} from ${where}`);
        assert.deepEqual(await chat(page, transport, texts), texts);
        assert.equal(await page.title(), 'x');
      } finally {
        await page.close();
      }
    });
  }
}
