import { useApp } from './context.ts';
import type { View } from './place.ts';

const VIEWS: readonly { view: View; label: string }[] = [
  { view: 'dashboard', label: 'Live' },
  { view: 'lab', label: 'Lab' },
];

/** The links to the page's views and to the documents. */
export function Places() {
  const { place } = useApp();
  return (
    <nav class="places" aria-label="Views">
      {VIEWS.map(({ view, label }) => (
        <a
          key={view}
          href={place.pathOf(view)}
          data-testid={`place-${view}`}
          aria-current={place.view.value === view ? 'page' : undefined}
          onClick={(event) => {
            // A click with a key opens another tab or window, as with any link.
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
            event.preventDefault();
            place.go(view);
          }}
        >
          {label}
        </a>
      ))}
      <a href="/docs/" data-testid="place-docs">
        Docs
      </a>
    </nav>
  );
}
