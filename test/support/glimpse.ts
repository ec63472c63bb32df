import type { Page } from 'playwright-core';

/**
 * Begins to watch for something that a page may show for a moment only. Resolves, once it is watched for, to what waits until it
 * has been there, be it gone again.
 */
export async function glimpse(page: Page, selector: string): Promise<() => Promise<void>> {
  await page.evaluate(`
    delete document.documentElement.dataset.glimpsed;
    new MutationObserver((_, watcher) => {
      if (document.querySelector(${JSON.stringify(selector)}) === null) return;
      watcher.disconnect();
      document.documentElement.dataset.glimpsed = '';
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  `);
  return () => page.locator('html[data-glimpsed]').waitFor({ state: 'attached' });
}
