/**
 * `npm run bench:page`: the page in a real Chromium while a thousand prices a second come in, by the browser's own tracing: frames a
 * second, tasks above 50 ms, and how much of its main thread it needs.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { ServerProcess } from '../test/support/server-process.ts';

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
  },
});
const asked = Number(values.seconds);
/** Page loads of which the middle one counts. */
const LOADS = 5;
/** Time for the page to load, and for its code to be compiled. */
const WARM_MS = 5_000;
const LONG_TASK_US = 50_000;
const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline.frame', '__metadata'];

/** An event of Chromium's trace, in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Of the CPU, without what other processes took. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const server = await ServerProcess.create({ MARKET_TICKS_PER_SECOND: values.ticks });
await server.start();
const browser = await launchBrowser();
try {
  const first = await firstPrice();
  const context = await browser.newContext({
    viewport: { width: Number(values.width), height: Number(values.height) },
  });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByTestId('price-row').first().waitFor();
  await page.waitForTimeout(WARM_MS);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  console.log(
    `Towncrier ${version}, Chromium ${browser.version()}, headless, without a GPU, ${values.width} × ${values.height}`,
  );
  console.log(
    `${availableParallelism()} cores for browser and server together; load average ${loadavg()[0]?.toFixed(1)}`,
  );
  const ticks = await readTicks();
  const began = performance.now();
  const events = await trace(page);
  // The trace takes a while to come.
  const rate = ((await readTicks()) - ticks) / ((performance.now() - began) / 1_000);
  report(events, rate);
  console.log(
    `first price on the page:    ${first.toFixed(0)} ms after the address was opened, middle of ${LOADS} without a cache`,
  );
  console.log(`first load, compressed:     ${(await firstLoad()).toFixed(0)} KB`);
} finally {
  await browser.close();
  await server.dispose();
}

/** Milliseconds from opening the address until a price is in the document, by the page's own clock. */
async function firstPrice(): Promise<number> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(`
      new MutationObserver((_, observer) => {
        if (document.querySelector('[data-testid="price"]') === null) return;
        observer.disconnect();
        window.firstPriceAt = performance.now();
      }).observe(document, { childList: true, subtree: true });
    `);
    await page.goto(server.url);
    await page.getByTestId('price').first().waitFor();
    times.push(Number(await page.evaluate('window.firstPriceAt')));
    await page.context().close();
  }
  return times.toSorted((a, b) => a - b)[LOADS >> 1] ?? Number.NaN;
}

/** Kilobytes of document, scripts and styles that come over the wire for the dashboard. */
async function firstLoad(): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(server.url);
  await page.locator('[data-testid="chart"] canvas').first().waitFor();
  const bytes = await page.evaluate(`
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name, initiatorType }) => initiatorType === 'navigation' || /\\.(?:js|css|svg)$/.test(name))
      .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0)
  `);
  await page.context().close();
  return Number(bytes) / 1_024;
}

async function readTicks(): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
  return Number(/^towncrier_market_ticks_total (\d+)/m.exec(metrics)?.[1]);
}

async function trace(page: Page): Promise<TraceEvent[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  // The protocol leaves the form of an event to the trace's own format.
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: CATEGORIES },
    transferMode: 'ReportEvents',
  });
  await page.waitForTimeout(asked * 1_000);
  await session.send('Tracing.end');
  await complete;
  return events;
}

/** What the trace says of the page's main thread, over the time that the trace covers. */
function report(events: readonly TraceEvent[], rate: number): void {
  const main = mainThread(events);
  const seconds = span(main) / 1e6;
  const tasks = main.filter(
    ({ name, ph }) => name === 'RunTask' || (name === 'ThreadControllerImpl::RunTask' && ph === 'X'),
  );
  const wall = sum(tasks.map(({ dur = 0 }) => dur)) / 1e6;
  const cpu = sum(tasks.map(({ tdur = 0 }) => tdur)) / 1e6;
  const long = tasks.filter(({ dur = 0 }) => dur > LONG_TASK_US);
  const longest = Math.max(0, ...tasks.map(({ dur = 0 }) => dur)) / 1_000;
  const frames = main.filter(({ name }) => name === 'BeginMainThreadFrame').length;
  const drawn = events.filter(({ name, pid }) => name === 'DrawFrame' && pid === main[0]?.pid).length;
  console.log(`prices a second:            ${rate.toFixed(0)}`);
  console.log(`frames made a second:       ${(frames / seconds).toFixed(1)}`);
  console.log(`frames drawn a second:      ${(drawn / seconds).toFixed(1)}`);
  console.log(`tasks above 50 ms:          ${long.length}; the longest took ${longest.toFixed(0)} ms`);
  console.log(`main thread busy, by clock: ${((wall / seconds) * 100).toFixed(0)} %`);
  console.log(
    `main thread busy, by CPU:   ${((cpu / seconds) * 100).toFixed(0)} %, ${((cpu * 1e3) / frames).toFixed(1)} ms a frame`,
  );
  for (const name of [
    'FunctionCall',
    'EventDispatch',
    'UpdateLayoutTree',
    'Layout',
    'PrePaint',
    'Paint',
    'Layerize',
    'Commit',
  ]) {
    const spent = sum(main.filter((event) => event.name === name).map(({ tdur = 0 }) => tdur)) / 1e6;
    console.log(`  ${name.padEnd(24)}  ${((spent / seconds) * 100).toFixed(1)} %`);
  }
}

/** The events of the page's main thread: that of the renderer which made the most frames. */
function mainThread(events: readonly TraceEvent[]): TraceEvent[] {
  const timed = events.filter(({ ph, ts }) => ph !== 'M' && ts > 0);
  const threads = Map.groupBy(timed, ({ pid, tid }) => `${pid} ${tid}`);
  const frames = (thread: readonly TraceEvent[]): number =>
    thread.filter(({ name }) => name === 'BeginMainThreadFrame').length;
  return [...threads.values()].toSorted((a, b) => frames(b) - frames(a))[0] ?? [];
}

/** From the first event to the last, in microseconds. */
function span(events: readonly TraceEvent[]): number {
  const times = events.map(({ ts }) => ts).toSorted((a, b) => a - b);
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
