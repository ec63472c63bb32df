import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { momentText } from './format.ts';

/** Says since when the prices shown may be old; nothing while they are the newest. */
export function StaleNote() {
  const { market } = useApp();
  const since = market.staleSince.value;
  if (since === undefined) return null;
  return (
    <p class="stale-note" data-testid="stale-note">
      <Icon name="warning" />
      {since === 0 ? 'Prices stale' : `Prices stale since ${momentText(since, Date.now())}`}
    </p>
  );
}
