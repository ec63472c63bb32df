/** One parameter of the page's address; the others stay as they are. */
export interface UrlParameter {
  get(): string | undefined;
  /** Goes to the address with another value, as a step that the browser's way back takes back. */
  set(value: string): void;
}

/** The parameter of that name in the address of a window. */
export function urlParameter(window: Window, name: string): UrlParameter {
  const get = (): string | undefined => new URLSearchParams(window.location.search).get(name) ?? undefined;
  return {
    get,
    set(value) {
      if (get() === value) return;
      const url = new URL(window.location.href);
      url.searchParams.set(name, value);
      window.history.pushState(null, '', url);
    },
  };
}
