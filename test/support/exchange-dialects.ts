/** A trade that an exchange tells. */
interface StoodInTrade {
  readonly name: string;
  readonly id: number;
  readonly price: string;
  readonly size: string;
  readonly taker: 'buy' | 'sell';
  readonly time: string;
}

/** The documented messages of an exchange, from its side. `XX` is no currency anywhere. */
export interface Dialect {
  /** What it says to whoever connects. */
  readonly greeting: readonly string[];
  trade(trade: StoodInTrade): string;
  /** A trade as it is told to who subscribes later; `undefined` where the exchange does not do that. */
  past(trade: string): string | undefined;
  heartbeats(names: readonly string[]): string[];
  /** What a message of a client subscribes to, and what it is answered. */
  answer(text: string, subscribed: readonly string[]): { readonly names: string[]; readonly answers: string[] };
}

const nothing = { names: [], answers: [] };

export const coinbaseDialect: Dialect = {
  greeting: [],
  trade: ({ name, id, price, size, taker, time }) =>
    JSON.stringify({
      ...{ type: 'match', trade_id: id, sequence: 7 * id, maker_order_id: 'ac928c66', taker_order_id: '132fb6ae' },
      ...{ time, product_id: name, size, price, side: taker === 'buy' ? 'sell' : 'buy' },
    }),
  past: (trade) => trade.replace('"match"', '"last_match"'),
  heartbeats: (names) =>
    names.map((name) =>
      JSON.stringify({
        ...{ type: 'heartbeat', sequence: 90, last_trade_id: 20, product_id: name },
        time: '2014-11-07T08:19:28.464459Z',
      }),
    ),
  answer(text) {
    const { product_ids: names } = JSON.parse(text) as { product_ids: string[] };
    const unknown = names.find((name) => name.startsWith('XX'));
    if (unknown === undefined) {
      const channels = ['matches', 'heartbeat'].map((name) => ({ name, product_ids: names, account_ids: null }));
      return { names, answers: [JSON.stringify({ type: 'subscriptions', channels })] };
    }
    const reason = `${unknown} is not a valid product`;
    return { names: [], answers: [JSON.stringify({ type: 'error', message: 'Failed to subscribe', reason })] };
  },
};

export const binanceDialect: Dialect = {
  greeting: [],
  trade: ({ name, id, price, size, taker, time }) =>
    JSON.stringify({
      ...{ e: 'trade', E: Date.parse(time) + 2, s: name, t: id, p: price, q: size },
      ...{ T: Date.parse(time), m: taker === 'sell', M: true },
    }),
  past: () => undefined,
  heartbeats: () => [],
  answer(text, subscribed) {
    const { method, params = [], id } = JSON.parse(text) as { method: string; params?: string[]; id: number };
    const streams = subscribed.map((name) => `${name.toLowerCase()}@trade`);
    if (method === 'LIST_SUBSCRIPTIONS') return { names: [], answers: [JSON.stringify({ result: streams, id })] };
    const names = params.map((stream) => stream.replace('@trade', '').toUpperCase());
    return { names, answers: [JSON.stringify({ result: null, id })] };
  },
};

const status = { version: '2.0.10', system: 'online', api_version: 'v2', connection_id: 12_393_906_104_898_154_338n };

export const krakenDialect: Dialect = {
  greeting: [
    JSON.stringify({ channel: 'status', type: 'update', data: [{ ...status, connection_id: 0 }] }).replace(
      '"connection_id":0',
      `"connection_id":${status.connection_id}`,
    ),
  ],
  trade: ({ name, id, price, size, taker, time }) =>
    JSON.stringify({
      channel: 'trade',
      type: 'update',
      data: [
        {
          ...{ symbol: name, side: taker, price: Number(price), qty: Number(size), ord_type: 'market' },
          ...{ trade_id: id, timestamp: time },
        },
      ],
    }),
  past: (trade) => trade.replace('"update"', '"snapshot"'),
  heartbeats: () => ['{"channel":"heartbeat"}'],
  answer(text) {
    const { method, params, req_id } = JSON.parse(text) as {
      method: string;
      params: { symbol: string[] };
      req_id: number;
    };
    if (method !== 'subscribe') return nothing;
    const times = { time_in: '2026-01-02T03:04:05.100000Z', time_out: '2026-01-02T03:04:05.100042Z', req_id };
    const answers = params.symbol.map((symbol) =>
      JSON.stringify(
        symbol.startsWith('XX')
          ? { error: `Currency pair not supported ${symbol}`, method, success: false, symbol, ...times }
          : { method, result: { channel: 'trade', snapshot: true, symbol }, success: true, ...times },
      ),
    );
    return { names: params.symbol.filter((symbol) => !symbol.startsWith('XX')), answers };
  },
};
