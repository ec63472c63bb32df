import { badgeText } from '../chat/badge.ts';
import { useApp } from './context.ts';
import type { Tab } from './view-state.ts';

const TABS: readonly { tab: Tab; label: string }[] = [
  { tab: 'prices', label: 'Prices' },
  { tab: 'chat', label: 'Chat' },
];

/** On a phone: which part of the page is shown. */
export function Tabs() {
  const { view, chat } = useApp();
  const unread = chat.unread.value;
  return (
    <nav class="tabs" aria-label="Parts of the page">
      {TABS.map(({ tab, label }) => (
        <button
          key={tab}
          type="button"
          class="tab"
          data-testid={`tab-${tab}`}
          aria-current={view.tab.value === tab ? 'page' : undefined}
          onClick={() => {
            view.tab.value = tab;
          }}
        >
          {label}
          {tab === 'chat' && unread > 0 && (
            <span class="badge">
              {badgeText(unread)}
              <span class="visually-hidden"> new messages</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
