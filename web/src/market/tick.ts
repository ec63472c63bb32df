/** A price change of one symbol, as the server sends it. */
export interface Tick {
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
  readonly side?: 'buy' | 'sell';
  /** Against 24 hours ago, in per cent. */
  readonly change: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Whether a value from the wire is a tick. */
export function isTick(value: unknown): value is Tick {
  if (typeof value !== 'object' || value === null) return false;
  const { symbol, price, size, change, time } = value as Record<string, unknown>; // Each field is checked below.
  return typeof symbol === 'string' && [price, size, change, time].every((field) => Number.isFinite(field));
}
