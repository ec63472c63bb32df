import { asFields, type Exchange, type Fields, fieldsOf, type Heard, strange, tradeOf } from './exchange.ts';

/**
 * Binance Spot, streams `<symbol>@trade` (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams).
 * It says nothing while nobody trades, so it is asked which streams it has for us. It ends a connection after 24 hours. It
 * accepts streams of symbols that do not exist, and never says anything in them.
 */
export const binance: Exchange = {
  name: 'Binance',
  url: 'wss://stream.binance.com:9443/ws',
  // 1,024 streams a connection.
  chunk: 100,
  // "WebSocket connections have a limit of 5 incoming messages per second", pongs among them.
  pace: 400,
  probe: (id) => JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }),
  /** It has no dollars: its prices are in Tether (USDT), which follows them. */
  nameOf: (symbol) => symbol.replace(/-USD$/, '-USDT').replace('-', ''),
  subscribe: (names, id) =>
    JSON.stringify({ method: 'SUBSCRIBE', params: names.map((name) => `${name.toLowerCase()}@trade`), id }),
  hear(text) {
    const message = fieldsOf(text);
    if (message === undefined) return [strange('no JSON object')];
    // The combined form, where the endpoint is `/stream` and not `/ws`.
    return [meaningOf(asFields(message.data) ?? message)];
  },
};

function meaningOf(message: Fields): Heard {
  if (message.e === 'trade') return eventOf(message);
  if (message.e === 'serverShutdown') return { kind: 'notice', text: 'it is about to shut down' };
  const error = asFields(message.error) ?? (typeof message.msg === 'string' ? message : undefined);
  if (error !== undefined) return { kind: 'refused', reason: `${error.code}: ${error.msg}`, again: true };
  // `null` confirms a subscription; a list answers the probe, and means life where there is something in it.
  if (message.result === null) return { kind: 'alive' };
  if (Array.isArray(message.result) && message.result.length > 0) return { kind: 'alive' };
  return { kind: 'unknown' };
}

function eventOf({ s: name, t: id, p: price, q: size, m: buyerMade, T: time }: Fields): Heard {
  // "Is the buyer the market maker?": then who sold took.
  const side = typeof buyerMade === 'boolean' ? (buyerMade ? 'sell' : 'buy') : undefined;
  return tradeOf({ name, id, price, size, side, time, past: false });
}
