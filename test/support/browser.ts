import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** So long a state of a page is waited for, in milliseconds: a machine may be slow and busy. */
const PATIENCE = 90_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where a Chromium is on this machine: `TOWNCRIER_CHROMIUM`, or by name on the PATH; `undefined` where there is none. */
export function chromiumPath(): string | undefined {
  const named = process.env.TOWNCRIER_CHROMIUM;
  if (named !== undefined && existsSync(named)) return named;
  for (const name of NAMES) {
    try {
      return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}

/** A headless Chromium. Without one it fails and says what to do: a test that needs a browser is never skipped. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new Error(
      'no Chromium found: install it (Debian: apt-get install chromium) or name it by TOWNCRIER_CHROMIUM',
    );
  }
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...quiet],
  });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE));
  return browser;
}

/** The dashboard in a tab, spoken to by what a person sees and does. */
export class Tab {
  readonly page: Page;
  /** Errors that the page threw or wrote to its console. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      // A cut network is reported by the browser itself, for each request.
      if (
        message.type() === 'error' &&
        !message.text().includes('net::ERR_') &&
        !message.text().includes('Failed to load resource')
      ) {
        this.errors.push(message.text());
      }
    });
  }

  /** Opens the page under a name of one's own. */
  static async open(context: BrowserContext, url: string, name: string): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    await tab.page.goto(url);
    await tab.rename(name);
    await tab.connected();
    return tab;
  }

  async rename(name: string): Promise<void> {
    const input = this.page.getByTestId('name-input');
    await input.fill(name);
    await input.press('Enter');
  }

  async connected(): Promise<void> {
    await this.page.locator('[data-testid="connection-chat"][data-state="live"]').waitFor({ state: 'attached' });
  }

  /** Waits until the page follows a room that is not shown: what is said there from now on is unread. */
  async follows(room: string): Promise<void> {
    await this.page.locator(`[data-testid="room-${room}"][data-history="ready"]`).waitFor();
  }

  /** Writes and sends a message; does not wait for it to be accepted. */
  async say(text: string): Promise<void> {
    await this.page.getByTestId('chat-input').fill(text);
    await this.page.getByTestId('chat-input').press('Enter');
  }

  /** Waits until a message with this text is shown as stored. */
  async sees(text: string): Promise<void> {
    const message = this.page.locator('[data-testid="chat-message"][data-state="sent"]').filter({ hasText: text });
    await message.first().waitFor({ state: 'attached' });
  }

  /** The seqs of all messages shown as stored, in the order of the page. */
  async seqs(): Promise<number[]> {
    return await this.page
      .locator('[data-testid="chat-message"][data-state="sent"]')
      .evaluateAll((nodes) => nodes.map((node) => Number(node.getAttribute('data-seq'))));
  }

  /** How often a text is shown, in whatever state. */
  async count(text: string): Promise<number> {
    return await this.page.getByTestId('chat-message').filter({ hasText: text }).count();
  }

  async price(symbol: string): Promise<string> {
    const cell = this.page.locator(`[data-testid="price-row"][data-symbol="${symbol}"] [data-testid="price"]`);
    return (await cell.textContent()) ?? '';
  }

  /** Waits until another price than this is shown. */
  async priceMoves(symbol: string, from: string): Promise<void> {
    const row = this.page.locator(`[data-testid="price-row"][data-symbol="${symbol}"]`);
    const price = row.getByTestId('price').filter({ hasNotText: from });
    await price.waitFor({ state: 'attached' });
  }
}
