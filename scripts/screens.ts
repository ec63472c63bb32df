// Pictures of every view for whoever looks at the page: three widths, light and dark, in every state that it can be in, and a
// sheet of them all a view and state. They are kept in test/e2e/screenshots/views, which is not in the repository.
// `readme` makes the picture of the README, and only where it is asked for.
//   npm run build && npm run screens [-- market lab docs ops moderation readme]
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, Tab } from '../test/support/browser.ts';
import { ServerProcess } from '../test/support/server-process.ts';

const FOLDER = join(import.meta.dirname, '../test/e2e/screenshots/views');
const SIZES = [
  { width: 390, height: 844, touch: true },
  { width: 1440, height: 900, touch: false },
  { width: 2560, height: 1300, touch: false },
] as const;
const SCHEMES = ['light', 'dark'] as const;
const MESSAGES = 10_000;
const MODERATOR_TOKEN = 'the-token-of-the-moderators';
/** Long enough for what comes by itself: candles, lines of prices. */
const SETTLE = 1_500;
/** Of the README's picture: enough for candles over the whole width. */
const README_MS = 75_000;

interface Shot {
  readonly view: string;
  readonly state: string;
  readonly url: string;
  /** Brings the page into the state. */
  reach?(page: Page, context: BrowserContext): Promise<void>;
  before?(context: BrowserContext): Promise<unknown>;
}

const texts = [
  'good morning',
  'Has anybody seen https://example.org/a/very/long/address/that/goes/on?and=on&with=parameters#and-a-fragment today?',
  '👍 ok\n…\nthree lines',
  'A longer thought, which somebody wrote without looking up once: the spread has been wider than usual since the announcement, and whoever wants to get out before the close should rather do it in small pieces than in one go.',
  'UnbrokenWordThatIsMuchLongerThanAnyColumnOnAPhoneCouldEverBe_'.repeat(3),
  'مرحبا بالجميع — שלום — 你好',
  'no',
];
const names = [
  'Ann',
  'Bob Marley',
  'Dörte',
  'Hana Nováková-Svobodová',
  'x',
  'A name of exactly forty-eight characters, I think',
];

async function say(url: string, count: number, room = 'global'): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const n = next++;
      const body = { sender: names[Math.floor(n / 3) % names.length], content: texts[n % texts.length] };
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/api/chat/messages?room=${room}`, { method: 'POST', headers, body: JSON.stringify(body) });
    }
  };
  await Promise.all(Array.from({ length: 32 }, one));
}

const settle = (page: Page): Promise<void> => page.waitForTimeout(SETTLE);
const level = (page: Page, wanted: string): Promise<void> =>
  page.locator(`[data-testid="connection"][data-level="${wanted}"]`).waitFor({ timeout: 90_000 });
/** As behind a proxy that lets no WebSocket through. */
const noWebSocket = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript('window.WebSocket = class { constructor() { throw new Error("blocked"); } };');
};
/** On a phone one of the two is seen at a time. */
const chatTab = async (page: Page): Promise<void> => {
  const tab = page.getByTestId('tab-chat');
  if (await tab.isVisible()) await tab.click();
};

async function take(browser: Browser, { view, state, url, reach, before }: Shot): Promise<void> {
  for (const colorScheme of SCHEMES) {
    for (const { touch, ...viewport } of SIZES) {
      const phone = { isMobile: touch, hasTouch: touch };
      const context = await browser.newContext({ colorScheme, viewport, ...phone, reducedMotion: 'reduce' });
      await before?.(context);
      const page = await context.newPage();
      try {
        await page.goto(url);
        await reach?.(page, context);
        await settle(page);
      } catch (error) {
        console.error(`${view} ${state} ${viewport.width} ${colorScheme}: ${String(error).split('\n', 1)[0]}`);
      }
      await page.screenshot({ path: pictureOf(view, state, viewport.width, colorScheme) });
      await context.close();
    }
  }
  await sheet(browser, view, state);
}

function pictureOf(view: string, state: string, width: number, scheme: string): string {
  return join(FOLDER, `${view}-${state}-${width}-${scheme}.png`);
}

/** All pictures of a view in a state, side by side. */
async function sheet(browser: Browser, view: string, state: string): Promise<void> {
  const rows = SCHEMES.map(async (scheme) => {
    const images = SIZES.map(async ({ width }) => {
      const png = await readFile(pictureOf(view, state, width, scheme));
      return `<img src="data:image/png;base64,${png.toString('base64')}">`;
    });
    return `<div>${(await Promise.all(images)).join('')}</div>`;
  });
  const page = await browser.newPage({ viewport: { width: 2_400, height: 1_200 } });
  await page.setContent(
    `<style>body{margin:8px;background:#888}div{display:flex;gap:8px;margin-bottom:8px;align-items:flex-start}img{height:600px}</style>${(await Promise.all(rows)).join('')}`,
  );
  await page.screenshot({ path: join(FOLDER, `sheet-${view}-${state}.png`), fullPage: true });
  await page.close();
}

async function serving(env: Record<string, string>, use: (server: ServerProcess) => Promise<void>): Promise<void> {
  const server = await ServerProcess.create(env);
  try {
    await server.start();
    await use(server);
  } finally {
    await server.dispose();
  }
}

const limitless = { CHAT_RATE_LIMIT: '0', CONNECT_RATE_LIMIT: '0', MAX_CONNECTIONS_PER_ADDRESS: '0' };
const act = async (server: ServerProcess, action: object): Promise<void> => {
  const admin = `http://127.0.0.1:${server.adminPort}`;
  const states = (await (await fetch(`${admin}/ops/api/instances`)).json()) as { instances: { instance: string }[] };
  const body = JSON.stringify({ instance: states.instances[0]?.instance, action });
  const headers = { 'content-type': 'application/json', origin: admin };
  const response = await fetch(`${admin}/ops/api/actions`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
};

const views: Record<string, (browser: Browser) => Promise<void>> = {
  async market(browser) {
    await serving({ ...limitless, MARKET_SOURCE: 'off', CHAT_ROOMS: 'global,trading' }, async ({ url }) => {
      await take(browser, { view: 'market', state: 'empty', url });
      await take(browser, { view: 'chat', state: 'empty', url, reach: chatTab });
    });
    const rooms = 'global,trading,a-room-with-quite-a-long-name,help,off-topic,news';
    const env = { ...limitless, MARKET_TICKS_PER_SECOND: '1000', CHAT_ROOMS: rooms };
    await serving(env, async (server) => {
      const { url } = server;
      await say(url, MESSAGES);
      await say(url, 3, 'trading');
      await take(browser, { view: 'market', state: 'busy', url });
      await take(browser, { view: 'chat', state: 'busy', url, reach: chatTab });
      await take(browser, {
        view: 'market',
        state: 'sockjs',
        url,
        before: noWebSocket,
        reach: (page) => level(page, 'limited'),
      });
      await take(browser, {
        view: 'market',
        state: 'offline',
        url,
        async reach(page, context) {
          await level(page, 'live');
          await context.setOffline(true);
          await chatTab(page);
          await page.getByTestId('chat-input').fill('written offline');
          await page.getByTestId('chat-input').press('Enter');
          await level(page, 'offline');
        },
      });
      await take(browser, {
        view: 'market',
        state: 'details',
        url,
        async reach(page) {
          await level(page, 'live');
          await page.getByTestId('connection').click();
        },
      });
      await act(server, { do: 'pause-source' });
      await take(browser, { view: 'market', state: 'stale', url, reach: (page) => level(page, 'limited') });
    });
  },
  async lab(browser) {
    await serving({ ...limitless, PROTOCOL_LAB: 'on' }, async ({ url }) => {
      await say(url, 40);
      const row = (page: Page, kind: string) => page.locator(`[data-testid="lab-row"][data-kind="${kind}"]`).first();
      const choose = async (page: Page, text: string, kind: string): Promise<void> => {
        await page.locator('[data-testid="lab-source"][data-source="wire"]').waitFor();
        await page.getByTestId('lab-filter').fill(text);
        await row(page, kind).click();
        await page.getByTestId('lab-filter').fill('');
      };
      await take(browser, { view: 'lab', state: 'begin', url: `${url}/lab` });
      await take(browser, {
        view: 'lab',
        state: 'frame',
        url: `${url}/lab`,
        reach: (page) => choose(page, 'login', 'CONNECT'),
      });
      await take(browser, {
        view: 'lab',
        state: 'head',
        url: `${url}/lab`,
        reach: (page) => choose(page, 'ws-endpoint', 'HTTP head'),
      });
      await take(browser, {
        view: 'lab',
        state: 'sockjs',
        url: `${url}/lab`,
        before: noWebSocket,
        async reach(page) {
          await page.getByTestId('lab-filter').fill('chat');
          await row(page, 'CONNECTED').click();
        },
      });
    });
  },
  async docs(browser) {
    await serving(limitless, async ({ url }) => {
      const docs = `${url}/docs`;
      for (const [state, path] of [
        ['begin', '/'],
        ['frames', '/protocols/websocket-frames.html'],
        ['pipelines', '/architecture/pipelines.html'],
        ['tcp', '/protocols/tcp-handshake.html'],
        ['trouble', '/troubleshooting.html'],
        ['settings', '/reference/settings.html'],
      ] as const) {
        await take(browser, { view: 'docs', state, url: docs + path });
      }
      await take(browser, {
        view: 'docs',
        state: 'search',
        url: `${docs}/`,
        reach: (page) => page.getByRole('searchbox').first().fill('masking'),
      });
    });
  },
  async ops(browser) {
    await serving(limitless, async ({ adminPort, url }) => {
      const ops = `http://127.0.0.1:${adminPort}/ops`;
      await take(browser, { view: 'ops', state: 'begin', url: ops });
      await say(url, 200);
      const context = await browser.newContext();
      for (let i = 0; i < 4; i++) await (await context.newPage()).goto(url);
      await take(browser, { view: 'ops', state: 'busy', url: ops, reach: (page) => page.waitForTimeout(8_000) });
      await context.close();
    });
  },
  async moderation(browser) {
    await serving({ ...limitless, MODERATOR_TOKEN }, async ({ url }) => {
      await say(url, 20);
      const address = `${url}/#token=${MODERATOR_TOKEN}`;
      const open = async (page: Page): Promise<void> => {
        await chatTab(page);
        await page.getByTestId('moderation-bar').waitFor();
      };
      await take(browser, { view: 'moderation', state: 'bar', url: address, reach: open });
      await take(browser, {
        view: 'moderation',
        state: 'menu',
        url: address,
        async reach(page) {
          await open(page);
          await page.getByTestId('chat-message').last().hover();
          await page.getByTestId('chat-message').last().getByTestId('moderate').click();
        },
      });
      await take(browser, {
        view: 'moderation',
        state: 'panel',
        url: address,
        async reach(page) {
          await open(page);
          await page.getByTestId('moderation-more').click();
        },
      });
    });
  },
};

/** The dashboard of the README: some minutes of prices, a talk, two favourites. */
async function readmePicture(browser: Browser): Promise<void> {
  await serving({ MARKET_TICKS_PER_SECOND: '60', CHAT_ROOMS: 'global,trading,help' }, async ({ url }) => {
    const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
    const ann = await Tab.open(context, url, 'Ann');
    const bob = await Tab.open(await browser.newContext(), url, 'Bob');
    const talk: readonly (readonly [Tab, string])[] = [
      [bob, 'Morning! Anyone watching SOL?'],
      [ann, 'Yes. It was flat for an hour, and now this.'],
      [bob, 'Volume is twice that of yesterday'],
      [
        ann,
        `Look at the minutes: ${url.replace(/\d+$/, '8080').replace('127.0.0.1', 'localhost')}/?symbol=SOL-USD&interval=1m`,
      ],
    ];
    for (const [tab, text] of talk) {
      await tab.say(text);
      await ann.sees(text.slice(0, 20));
    }
    for (const symbol of ['BTC-USD', 'ETH-USD']) {
      await ann.page.locator(`[data-symbol="${symbol}"]`).getByTestId('star').click();
    }
    await ann.page.waitForTimeout(README_MS);
    await ann.page.locator('h1').hover();
    await bob.page.getByTestId('chat-input').pressSequentially('I would wait', { delay: 100 });
    await ann.page.getByTestId('typing').filter({ hasText: 'Bob' }).waitFor();
    await ann.page.screenshot({ path: join(import.meta.dirname, '../docs/images/dashboard.png') });
  });
}

await mkdir(FOLDER, { recursive: true });
const wanted = process.argv.slice(2);
const browser = await launchBrowser();
try {
  for (const [name, takeAll] of Object.entries(views)) {
    if (wanted.length === 0 || wanted.includes(name)) await takeAll(browser);
  }
  if (wanted.includes('readme')) await readmePicture(browser);
} finally {
  await browser.close();
}
