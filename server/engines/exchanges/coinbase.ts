import { type Exchange, type Fields, fieldsOf, type Heard, strange, tradeOf } from './exchange.ts';

/**
 * Coinbase Exchange, channels `matches` and `heartbeat` (https://docs.cdp.coinbase.com/exchange/websocket-feed/channels).
 * A heartbeat comes each second for each product, whether it is traded or not. An unknown product makes the whole
 * subscription fail.
 */
export const coinbase: Exchange = {
  name: 'Coinbase',
  url: 'wss://ws-feed.exchange.coinbase.com',
  chunk: 50,
  // "Requests per second per IP: 8".
  pace: 250,
  nameOf: (symbol) => symbol,
  subscribe: (names) => JSON.stringify({ type: 'subscribe', product_ids: names, channels: ['matches', 'heartbeat'] }),
  hear(text) {
    const message = fieldsOf(text);
    return [message === undefined ? strange('no JSON object') : meaningOf(message)];
  },
};

function meaningOf(message: Fields): Heard {
  switch (message.type) {
    case 'match':
      return matchOf(message, false);
    // What was traded last before we subscribed.
    case 'last_match':
      return matchOf(message, true);
    case 'heartbeat':
    case 'subscriptions':
      return { kind: 'alive' };
    case 'error':
      return refusalOf(message);
    default:
      return { kind: 'unknown' };
  }
}

function matchOf({ product_id: name, trade_id: id, price, size, side, time }: Fields, past: boolean): Heard {
  return tradeOf({ name, id, price, size, side: takerOf(side), time, past });
}

/** "The side field indicates the maker order side": who took is the other one. */
function takerOf(maker: unknown): unknown {
  if (maker === 'buy') return 'sell';
  return maker === 'sell' ? 'buy' : maker;
}

function refusalOf({ message, reason }: Fields): Heard {
  const said = [message, reason].filter((part) => typeof part === 'string').join(': ');
  const name = /(\S+) is not a valid product/.exec(said)?.[1];
  return { kind: 'refused', reason: said, name, again: true };
}
