import { asFields, type Exchange, type Fields, fieldsOf, type Heard, strange, tradeOf } from './exchange.ts';

/**
 * Kraken, WebSocket v2, channel `trade` (https://docs.kraken.com/api/docs/websocket-v2/trade). A subscription brings the
 * newest 50 trades first. A heartbeat comes about once a second where nothing else does, while there is a subscription. Each
 * symbol is confirmed or refused by itself.
 */
export const kraken: Exchange = {
  name: 'Kraken',
  url: 'wss://ws.kraken.com/v2',
  chunk: 50,
  pace: 250,
  /** Version 2 writes BTC and DOGE, not XBT and XDG. */
  nameOf: (symbol) => symbol.replace('-', '/'),
  subscribe: (names, id) =>
    JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol: names, snapshot: true }, req_id: id }),
  hear(text) {
    const message = fieldsOf(text);
    return message === undefined ? [strange('no JSON object')] : meaningOf(message);
  },
};

function meaningOf(message: Fields): readonly Heard[] {
  if (message.channel === 'trade') return tradesOf(message);
  if (message.channel === 'heartbeat') return [{ kind: 'alive' }];
  if (message.channel === 'status') return [statusOf(message)];
  if (message.success === true && message.method === 'subscribe') return [{ kind: 'alive' }];
  if (message.success === false || typeof message.error === 'string') return [refusalOf(message)];
  return [{ kind: 'unknown' }];
}

function tradesOf({ data, type }: Fields): readonly Heard[] {
  if (!Array.isArray(data)) return [strange('trades that are no list')];
  return data
    .map(asFields)
    .sort((one, other) => Number(one?.trade_id) - Number(other?.trade_id))
    .map((trade) => {
      if (trade === undefined) return strange('a trade that is no object');
      const { symbol: name, trade_id: id, price, qty: size, side, timestamp: time } = trade;
      return tradeOf({ name, id, price, size, side, time, past: type === 'snapshot' });
    });
}

function statusOf({ data }: Fields): Heard {
  const system = asFields(Array.isArray(data) ? data[0] : undefined)?.system;
  return system === 'online' ? { kind: 'unknown' } : { kind: 'notice', text: `its state is ${String(system)}` };
}

/** Only what it says of the pair itself is for good. It refuses a symbol too while it is overloaded or restarts. */
function refusalOf({ error, symbol }: Fields): Heard {
  const reason = String(error);
  if (/^Already subscribed/i.test(reason)) return { kind: 'alive' };
  const name = typeof symbol === 'string' && /^Currency pair not/i.test(reason) ? symbol : undefined;
  return { kind: 'refused', reason, name, again: false };
}
