/** Small texts that outlive the page. */
export interface Preferences {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/** Preferences in a browser's storage. Where the browser refuses storage (private windows may), they are forgotten. */
export function storedPreferences(storage: () => Storage): Preferences {
  return {
    get(key) {
      try {
        return storage().getItem(`towncrier.${key}`) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(key, value) {
      try {
        storage().setItem(`towncrier.${key}`, value);
      } catch {
        // Nothing depends on it.
      }
    },
  };
}
