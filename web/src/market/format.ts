/** How many decimals prices of this size are shown with: about six digits that matter, and never fewer than two. */
export function priceDecimals(price: number): number {
  const size = Math.abs(price);
  if (size >= 100) return 2;
  if (size >= 10) return 3;
  if (size >= 1) return 4;
  return size >= 0.01 ? 5 : 8;
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

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** A volume or size, short. */
export function amountText(amount: number): string {
  return compact.format(amount);
}

/** Which way a number points; decides arrow and colour. */
export function direction(change: number): 'up' | 'down' | 'flat' {
  const rounded = Math.round(change * 100);
  if (rounded === 0) return 'flat';
  return rounded > 0 ? 'up' : 'down';
}
