import { Change } from './Change.tsx';
import type { Candle } from './candle.ts';
import { amountText, priceDecimals, priceText } from './format.ts';

/** One candle in numbers. */
export function Legend({ candle, finest }: { candle: Candle | undefined; finest: number | undefined }) {
  if (candle === undefined) return null;
  const decimals = priceDecimals(candle.close, finest);
  const figures = [
    ['O', candle.open],
    ['H', candle.high],
    ['L', candle.low],
    ['C', candle.close],
  ] as const;
  return (
    <p class="legend" data-testid="legend">
      {figures.map(([letter, price]) => (
        <span key={letter} class="legend-figure">
          <span class="muted">{letter}</span> <span>{priceText(price, decimals)}</span>
        </span>
      ))}
      <Change change={candle.open === 0 ? 0 : (candle.close / candle.open - 1) * 100} />
      <span>
        <span class="muted">Vol</span> {amountText(candle.volume)}
      </span>
    </p>
  );
}
