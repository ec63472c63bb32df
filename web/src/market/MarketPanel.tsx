import { useApp } from '../app/context.ts';
import { Tape } from './Tape.tsx';
import { WatchList } from './WatchList.tsx';

/** The left side: the watch list, and under it the trades of the chosen symbol. */
export function MarketPanel() {
  const { market } = useApp();
  return (
    <section class="panel market" aria-label="Market" data-link={market.link.value}>
      <WatchList />
      <Tape />
    </section>
  );
}
