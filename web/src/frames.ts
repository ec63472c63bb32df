/** Runs a task in the next frame. However often it is asked for before then, it runs once. */
export type InFrame = () => void;

const HIDDEN_MS = 1_000;

/**
 * At most one run of `task` a frame. A hidden tab paints no frames, so there it is once a second, or, `shownOnly`, when it is
 * shown again; a frame that was asked for and not painted when the tab is hidden is made up for at once.
 */
export function inFrame(task: () => void, page: Document, shownOnly = false): InFrame {
  let cancel: (() => void) | undefined;
  const run = (): void => {
    cancel?.();
    cancel = undefined;
    task();
  };
  page.addEventListener('visibilitychange', () => {
    if (cancel !== undefined) run();
  });
  return () => {
    if (cancel !== undefined) return;
    if (page.hidden && shownOnly) {
      cancel = () => undefined;
    } else if (page.hidden) {
      const timer = setTimeout(run, HIDDEN_MS);
      cancel = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(run);
      cancel = () => cancelAnimationFrame(frame);
    }
  };
}
