/** The part of the browser's Web Locks that is used. */
export interface Locks {
  request(name: string, options: LockOptions, use: () => Promise<void> | undefined): Promise<unknown>;
}

export interface LockOptions {
  readonly steal?: boolean;
  readonly signal?: AbortSignal;
}

export interface LockUse {
  /** It is this tab's from now on. */
  granted(): void;
  /** It is not, or not any more, without having been released: another tab took it, or the browser gives none. */
  lost(): void;
}

/**
 * Waits for the lock of that name among the tabs of this site, or takes it from whoever has it. Returns what releases it, or
 * ends the waiting. A tab that is closed releases by itself.
 */
export function holdLock(locks: Locks, name: string, steal: boolean, { granted, lost }: LockUse): () => void {
  const waiting = new AbortController();
  let released = false;
  let release = (): void => undefined;
  const use = (): Promise<void> | undefined => {
    if (released) return undefined;
    granted();
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  locks.request(name, steal ? { steal } : { signal: waiting.signal }, use).catch(() => {
    if (!released) lost();
  });
  return () => {
    released = true;
    waiting.abort();
    release();
  };
}
