import { LATEST } from '../tick-schema.ts';

/** A trade as an exchange tells it, under the exchange's own name of the symbol. */
export interface ToldTrade {
  readonly kind: 'trade';
  readonly name: string;
  /** Contiguous for one name: a number that is left out is a trade that was missed. */
  readonly id: number;
  readonly price: number;
  readonly size: number;
  /** Who took. */
  readonly side: 'buy' | 'sell';
  /** The exchange's: integer milliseconds since 1970. */
  readonly time: number;
  /** It was told because we subscribed, and happened before. */
  readonly past: boolean;
}

/**
 * What a message means.
 * `alive`: the exchange serves what was asked for, also where nobody trades. `refused`: it does not; where `name` is known,
 * that one alone is the reason, and `again` says that all others of the same message have to be asked for once more.
 * `notice`: worth a line in the log. `strange`: a message of a known kind that cannot be what it says. `unknown`: of a kind
 * that we do not need to know; exchanges add some at any time.
 */
export type Heard =
  | ToldTrade
  | { readonly kind: 'alive' }
  | { readonly kind: 'refused'; readonly reason: string; readonly name?: string | undefined; readonly again: boolean }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'strange'; readonly reason: string }
  | { readonly kind: 'unknown' };

/** How an exchange tells its trades over a WebSocket: texts in, meaning out, and the other way round. It holds no state. */
export interface Exchange {
  /** As people call it. */
  readonly name: string;
  readonly url: string;
  /** How many names one message subscribes to. */
  readonly chunk: number;
  /** The shortest time between two messages of ours, in milliseconds: well within what the exchange allows. */
  readonly pace: number;
  /** Asked now and then of an exchange that is silent while nobody trades; the answer means `alive`. */
  readonly probe?: (id: number) => string;
  /** The exchange's name of one of our symbols, such as `BTC-USD`. */
  nameOf(symbol: string): string;
  /** The message that subscribes to the trades of these names; `id` numbers it. */
  subscribe(names: readonly string[], id: number): string;
  /** What a message means, in the order of the trades in it. Never throws. */
  hear(text: string): readonly Heard[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a message that is a JSON object; `undefined` for any other text. */
export function fieldsOf(text: string): Fields | undefined {
  try {
    return asFields(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A value as an object whose fields can be looked at; an array has none of ours. */
export function asFields(value: unknown): Fields | undefined {
  // Every field is looked at before it is used.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export const strange = (reason: string): Heard => ({ kind: 'strange', reason });

/** The fields of a trade, of whatever types they came in; `side` is that of the taker. */
export interface RawTrade {
  readonly name: unknown;
  readonly id: unknown;
  readonly price: unknown;
  readonly size: unknown;
  readonly side: unknown;
  /** RFC 3339, or milliseconds since 1970. */
  readonly time: unknown;
  readonly past: boolean;
}

/** The trade, if all of its fields can be that. */
export function tradeOf({ past, ...raw }: RawTrade): Heard {
  const price = decimal(raw.price);
  const size = decimal(raw.size);
  const time = milliseconds(raw.time);
  const { name, id, side } = raw;
  if (typeof name !== 'string' || name === '') return strange('a trade of no symbol');
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return strange('a trade without a number');
  if (price === undefined || price === 0) return strange('a trade without a price');
  if (size === undefined) return strange('a trade without a size');
  if (side !== 'buy' && side !== 'sell') return strange('a trade without a side');
  if (time === undefined) return strange('a trade without a time');
  return { kind: 'trade', name, id, price, size, side, time, past };
}

/**
 * A decimal number from 0 on, told as a text or as a number: the double that lies nearest. What JSON writes for that double is
 * the text that came, without the zeros at its end, up to 15 significant digits.
 */
function decimal(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\d{1,20}(?:\.\d{1,20})?$/.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** Fractions of a millisecond are cut off. A time that no tick may have is none: some endpoints tell microseconds. */
function milliseconds(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Math.floor(Date.parse(value)) : value;
  return typeof time === 'number' && Number.isSafeInteger(time) && time > 0 && time <= LATEST ? time : undefined;
}
