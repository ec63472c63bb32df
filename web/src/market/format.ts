const FEWEST = 2;

/**
 * How many decimals prices of this size are shown with: about six digits that matter, and no more than the symbol was seen to
 * trade in, but never fewer than two.
 */
export function priceDecimals(price: number, seen: number = Number.POSITIVE_INFINITY): number {
  return Math.max(FEWEST, Math.min(mostDecimals(price), seen));
}

function mostDecimals(price: number): number {
  const size = Math.abs(price);
  if (size >= 100) return 2;
  if (size >= 10) return 3;
  if (size >= 1) return 4;
  return size >= 0.01 ? 5 : 8;
}

/** How many decimals a price is written with. */
export function decimalsOf(price: number): number {
  const text = String(price);
  const small = /^\d(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (small !== null) return (small[1]?.length ?? 0) + Number(small[2]);
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

const formats = new Map<number, Intl.NumberFormat>();

function fixed(decimals: number): Intl.NumberFormat {
  const known = formats.get(decimals);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  formats.set(decimals, format);
  return format;
}

/** A price as it is shown, with the decimals of its size or those given. */
export function priceText(price: number, decimals: number = priceDecimals(price)): string {
  return fixed(decimals).format(price);
}

/** A change in per cent, always with its sign (a real minus). */
export function changeText(change: number): string {
  const rounded = Math.round(change * 100) / 100;
  if (rounded === 0) return '0.00%';
  return `${rounded > 0 ? '+' : '−'}${fixed(2).format(Math.abs(rounded))}%`;
}

const compact = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  minimumSignificantDigits: 4,
  maximumSignificantDigits: 4,
});

/** A volume, short, always with four digits. */
export function amountText(amount: number): string {
  return compact.format(amount);
}

/** The size of a trade. All of one price have the same decimals, the last of which is worth about one of the other currency. */
export function sizeText(size: number, price: number): string {
  const decimals = Math.min(8, Math.max(0, Math.ceil(Math.log10(Math.max(price, 1e-9)))));
  const rounded = fixed(decimals).format(size);
  // Less than that is rather written out than shown as nothing.
  return size > 0 && Number(rounded) === 0 ? String(Number(size.toPrecision(1))) : rounded;
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** The time of day, to the second. */
export function timeText(time: number): string {
  return clock.format(time);
}

const dated = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** A time of day as one says it at `now`: with its date, where that is another day. */
export function momentText(time: number, now: number, text: (time: number) => string = timeText): string {
  const sameDay = new Date(time).toDateString() === new Date(now).toDateString();
  return sameDay ? text(time) : `${dated.format(time)}, ${text(time)}`;
}

/** Which way a number points; decides arrow and colour. */
export function direction(change: number): 'up' | 'down' | 'flat' {
  const rounded = Math.round(change * 100);
  if (rounded === 0) return 'flat';
  return rounded > 0 ? 'up' : 'down';
}
