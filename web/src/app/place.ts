import { signal } from '@preact/signals';

/** The views of the page, each under a path of its own. */
export type View = 'dashboard' | 'lab';

const PATHS: Readonly<Record<View, string>> = { dashboard: '/', lab: '/lab' };

/** Which view is shown; the path of the page says so, and the browser's way back works. */
export class Place {
  readonly view = signal<View>('dashboard');
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#read();
    window.addEventListener('popstate', () => this.#read());
  }

  pathOf(view: View): string {
    return PATHS[view];
  }

  go(view: View): void {
    if (view === this.view.value) return;
    const { history, location } = this.#window;
    // The query belongs to what is shown, whichever view is.
    history.pushState(null, '', PATHS[view] + location.search);
    this.#read();
  }

  #read(): void {
    this.view.value = this.#window.location.pathname.replace(/\/$/, '') === PATHS.lab ? 'lab' : 'dashboard';
  }
}
