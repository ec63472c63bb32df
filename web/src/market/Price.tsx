import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { priceDecimals, priceText } from './format.ts';
import type { Quote } from './market-state.ts';

const FLASH_MS = 700;
/** A price that changes with every frame lights up at most so often. */
const FLASH_EVERY_MS = 250;

export interface PriceProps {
  readonly quote: Quote;
  /** What lights up when the price changes. */
  readonly lights: 'text' | 'ground';
  readonly class: string;
  readonly 'data-testid': string;
}

/** A symbol's price, that lights up when it changes. */
export function Price({ quote, lights, ...rest }: PriceProps) {
  const element = useRef<HTMLSpanElement>(null);
  const shown = useRef<{ symbol: string; price: number; flashedAt: number } | undefined>(undefined);
  useSignalEffect(() => {
    const { price, symbol } = quote.tick.value;
    const before = shown.current;
    shown.current = { symbol, price, flashedAt: before?.flashedAt ?? 0 };
    if (before === undefined || before.symbol !== symbol || before.price === price) return;
    const now = performance.now();
    if (now - before.flashedAt < FLASH_EVERY_MS) return;
    shown.current.flashedAt = now;
    const way = price > before.price ? 'up' : 'down';
    if (lights === 'text') flash(element.current, { color: `var(--${way})` });
    else flash(element.current, { backgroundColor: `var(--${way}-flash)` });
  });
  const { price } = quote.tick.value;
  return (
    <span ref={element} {...rest}>
      {priceText(price, priceDecimals(price, quote.decimals.value))}
    </span>
  );
}

function flash(element: HTMLElement | null, from: Keyframe): void {
  if (element === null || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  // One key frame: it goes from there to what the element has by itself.
  element.animate([from, {}], FLASH_MS);
}
