import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { colour } from '../theme/theme.ts';
import type { Candle } from './candle.ts';
import type { ChartFeed } from './chart-feed.ts';
import { SPOKEN } from './IntervalSwitch.tsx';
import { Legend } from './Legend.tsx';
import type { ChartColours, PriceChart } from './price-chart.ts';
import { StaleNote } from './StaleNote.tsx';

/** The drawn candles, the legend over them, and what is said while there are none. */
export function ChartCanvas() {
  const { chart: feed, market, theme } = useApp();
  const container = useRef<HTMLDivElement>(null);
  const chart = useSignal<PriceChart | undefined>(undefined);
  const hovered = useSignal<number | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    const hover = (time: number | undefined): void => {
      hovered.value = time;
    };
    // The chart library is most of the page's code; everything else is there before it.
    void import('./price-chart.ts').then(({ PriceChart }) => {
      if (gone || container.current === null) return;
      chart.value = new PriceChart(container.current, {
        colours: coloursOf(container.current),
        hovered: hover,
        atOldest: () => void feed.older(),
      });
      feed.show(chart.value);
    });
    return () => {
      gone = true;
      feed.show(undefined);
      chart.value?.remove();
    };
  }, []);
  useSignalEffect(() => {
    void theme.version.value;
    if (container.current !== null) chart.value?.recolour(coloursOf(container.current));
  });
  useSignalEffect(() => chart.value?.showSeconds(market.interval.value === '1s'));
  const candle = feed.candleAt(hovered.value) ?? feed.newest.value;
  return (
    <div class="chart-area">
      <div
        class="chart-canvas"
        ref={container}
        role="img"
        aria-label={`Candles of ${market.selected.value}, ${SPOKEN[market.interval.value]} each; the newest in numbers follows`}
        data-testid="chart"
        data-status={feed.status.value}
      />
      <Legend candle={candle} finest={market.quote(market.selected.value)?.decimals.value} />
      <StaleNote />
      {feed.loadingOlder.value && <p class="chart-older">Loading older candles…</p>}
      {market.quotes.value.length > 0 ? (
        <ChartMessage feed={feed} newest={feed.newest.value} />
      ) : (
        market.link.value === 'live' && <NoPrices />
      )}
      <p class="chart-credit">
        <a href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer" title="Chart by TradingView">
          <span class="visually-hidden">Chart by </span>TradingView
        </a>
      </p>
    </div>
  );
}

/** The server has no prices: what may be the reason, and where to read on. It may be a second before the first comes. */
function NoPrices() {
  return (
    <div class="chart-message no-prices" data-testid="no-prices">
      <p class="chart-message-title">No prices yet</p>
      <p>The chart begins with the first trade. If none comes, the server has no source of prices.</p>
      <p>
        <a href="/docs/live-feeds.html">Live feeds</a> · <a href="/docs/external-producers.html">Prices of your own</a>
      </p>
    </div>
  );
}

function ChartMessage({ feed, newest }: { feed: ChartFeed; newest: Candle | undefined }) {
  if (feed.status.value === 'failed') {
    return (
      <div class="chart-message">
        <p>The candles could not be read.</p>
        <button type="button" class="button" onClick={() => void feed.reload()}>
          Try again
        </button>
      </div>
    );
  }
  if (newest !== undefined) return null;
  if (feed.status.value === 'loading') return <p class="chart-message chart-loading">Loading the candles…</p>;
  return <p class="chart-message">No trades in this interval yet.</p>;
}

function coloursOf(element: HTMLElement): ChartColours {
  return {
    background: colour(element, '--panel'),
    text: colour(element, '--muted'),
    grid: colour(element, '--grid'),
    up: colour(element, '--up-fill'),
    down: colour(element, '--down-fill'),
    upSoft: colour(element, '--up-soft'),
    downSoft: colour(element, '--down-soft'),
    crosshair: colour(element, '--crosshair'),
  };
}
