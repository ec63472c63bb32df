import { effect } from '@preact/signals';
import type { ChatConnection } from '../chat/chat-connection.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Prices } from '../connection/price-stream.ts';
import type { ViewState } from './view-state.ts';

export interface Watched {
  readonly view: ViewState;
  readonly connection: ChatConnection;
  readonly prices: Prices;
  readonly clock: Clock;
}

/** Below this width one part of the page is shown at a time; `layout.css` has the same number. */
const NARROW = '(max-width: 759px)';
/** A tab that was hidden for so long needs its price stream no more: it leaves it to another tab, slows it down, or lets it go. */
const HIDDEN_PRICES_MS = 30_000;

/** Tells views and connections what happens to the window: its width, whether it is seen, whether there is a network. */
export function watchWindow(window: Window, { view, connection, prices, clock }: Watched): void {
  const narrow = window.matchMedia(NARROW);
  const look = (): void => {
    view.narrow.value = narrow.matches;
    view.pageHidden.value = window.document.hidden;
  };
  look();
  narrow.addEventListener('change', look);
  window.document.addEventListener('visibilitychange', look);
  window.addEventListener('online', () => {
    connection.wake();
    prices.wake();
  });
  // The old sockets would stay for a while without a word. Where the server is reachable all the same, new ones say so.
  window.addEventListener('offline', () => {
    connection.renew();
    prices.renew();
  });
  let leaving: Timer | undefined;
  effect(() => {
    leaving?.cancel();
    leaving = undefined;
    if (view.pageHidden.value) {
      leaving = clock.after(HIDDEN_PRICES_MS, () => prices.stop());
      return;
    }
    prices.start();
    prices.wake();
    connection.wake();
  });
}
