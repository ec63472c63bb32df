import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The Lab, loaded when it is first looked at, so that the dashboard does not wait for it. */
export function LazyLab() {
  const [view, setView] = useState<{ Lab: ComponentType } | 'failed'>();
  useEffect(() => {
    import('./view/Lab.tsx').then(
      ({ Lab }) => setView({ Lab }),
      () => setView('failed'),
    );
  }, []);
  if (view === 'failed') return <main class="empty">The Lab could not be loaded. Load the page again.</main>;
  if (view === undefined) return <main class="empty">Loading the Lab…</main>;
  return <view.Lab />;
}
