import { PriceStream, type PriceStreamOptions, type Prices } from './price-stream.ts';
import { SharedPrices, type TabMessage } from './shared-prices.ts';
import { holdLock } from './tab-lock.ts';

/** Tabs of pages that do not understand each other's messages have nothing to do with each other: count it up then. */
const NAME = 'towncrier.prices.1';

export interface OpenPrices {
  readonly prices: Prices;
  /** With a connection of its own, or together with the other tabs. */
  alone(alone: boolean): void;
}

/** Prices by one connection for all tabs of this browser; by one of its own where the browser cannot. */
export function openPrices(window: Window, tab: string, options: PriceStreamOptions): OpenPrices {
  // Browsers have locks only in secure contexts: https, or localhost.
  const locks: LockManager | undefined = window.navigator.locks;
  if (locks === undefined || !('BroadcastChannel' in window)) {
    return { prices: new PriceStream(options), alone: () => undefined };
  }
  const channel = new BroadcastChannel(NAME);
  const prices = new SharedPrices({
    ...options,
    tab,
    channel: { post: (message) => channel.postMessage(message) },
    lock: (steal, use) => holdLock(locks, NAME, steal, use),
    stream: (streamOptions) => new PriceStream(streamOptions),
    soon: afterThis(),
  });
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => prices.told(data);
  window.document.addEventListener('freeze', () => prices.freeze());
  window.document.addEventListener('resume', () => prices.thaw());
  // A page that is kept for the way back must hold nothing.
  window.addEventListener('pagehide', () => prices.freeze());
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) prices.thaw();
  });
  return { prices, alone: (alone) => prices.alone(alone) };
}

/** Runs tasks by messages to itself, which, unlike timers, are not slowed in a hidden tab. */
function afterThis(): (task: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()?.();
  return (task) => {
    tasks.push(task);
    port2.postMessage(undefined);
  };
}
