import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binance } from '../../../server/engines/exchanges/binance.ts';
import { coinbase } from '../../../server/engines/exchanges/coinbase.ts';
import type { Exchange, Heard } from '../../../server/engines/exchanges/exchange.ts';
import { kraken } from '../../../server/engines/exchanges/kraken.ts';

const exchanges = [coinbase, binance, kraken];
const time = Date.UTC(2014, 10, 7, 8, 19, 27, 28);

/** Messages as the exchanges document them, and what they mean. */
const documented: readonly (readonly [Exchange, string, readonly Heard[]])[] = [
  [
    coinbase,
    '{"type":"match","trade_id":10,"sequence":50,"maker_order_id":"ac928c66","taker_order_id":"132fb6ae","time":"2014-11-07T08:19:27.028459Z","product_id":"BTC-USD","size":"5.23512","price":"400.23","side":"sell"}',
    [{ kind: 'trade', name: 'BTC-USD', id: 10, price: 400.23, size: 5.23512, side: 'buy', time, past: false }],
  ],
  [
    coinbase,
    '{"type":"last_match","trade_id":9,"sequence":49,"time":"2014-11-07T08:19:27.028999Z","product_id":"BTC-USD","size":"1","price":"400","side":"buy"}',
    [{ kind: 'trade', name: 'BTC-USD', id: 9, price: 400, size: 1, side: 'sell', time, past: true }],
  ],
  [
    coinbase,
    '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}',
    [{ kind: 'alive' }],
  ],
  [
    coinbase,
    '{"type":"error","message":"Failed to subscribe","reason":"GIBBERISH-USD is not a valid product"}',
    [
      {
        kind: 'refused',
        reason: 'Failed to subscribe: GIBBERISH-USD is not a valid product',
        name: 'GIBBERISH-USD',
        again: true,
      },
    ],
  ],
  [
    binance,
    '{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782130,"m":true,"M":true}',
    [
      {
        ...{ kind: 'trade', name: 'BNBBTC', id: 12_345, price: 0.001, size: 100 },
        ...{ side: 'sell', time: 1_672_515_782_130, past: false },
      },
    ],
  ],
  [
    binance,
    '{"stream":"bnbbtc@trade","data":{"e":"trade","E":2,"s":"BNBBTC","t":1,"p":"1","q":"2","T":1,"m":false,"M":true}}',
    [{ kind: 'trade', name: 'BNBBTC', id: 1, price: 1, size: 2, side: 'buy', time: 1, past: false }],
  ],
  [binance, '{"result":null,"id":1}', [{ kind: 'alive' }]],
  [binance, '{"result":["btcusdt@trade"],"id":3}', [{ kind: 'alive' }]],
  [
    binance,
    '{"code":2,"msg":"Invalid request: property name must be a string"}',
    [{ kind: 'refused', reason: '2: Invalid request: property name must be a string', again: true }],
  ],
  [
    kraken,
    '{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665907,"timestamp":"2014-11-07T08:19:27.028706Z"},{"symbol":"MATIC/USD","side":"buy","price":0.5116,"qty":1.5,"ord_type":"limit","trade_id":4665906,"timestamp":"2014-11-07T08:19:27.028000Z"}]}',
    [
      { kind: 'trade', name: 'MATIC/USD', id: 4_665_906, price: 0.5116, size: 1.5, side: 'buy', time, past: false },
      { kind: 'trade', name: 'MATIC/USD', id: 4_665_907, price: 0.5117, size: 40, side: 'sell', time, past: false },
    ],
  ],
  [kraken, '{"channel":"heartbeat"}', [{ kind: 'alive' }]],
  [
    kraken,
    '{"error":"EService:Unavailable","method":"subscribe","success":false,"symbol":"BTC/USD"}',
    [{ kind: 'refused', reason: 'EService:Unavailable', name: undefined, again: false }],
  ],
  [
    kraken,
    '{"error":"Already subscribed","method":"subscribe","success":false,"symbol":"BTC/USD"}',
    [{ kind: 'alive' }],
  ],
  [
    binance,
    '{"e":"trade","E":1672515782136000,"s":"BNBBTC","t":5,"p":"1","q":"1","T":1672515782136000,"m":true,"M":true}',
    [{ kind: 'strange', reason: 'a trade without a time' }],
  ],
  [
    kraken,
    '{"method":"subscribe","result":{"channel":"trade","snapshot":true,"symbol":"MATIC/USD"},"success":true,"time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z"}',
    [{ kind: 'alive' }],
  ],
  [
    kraken,
    '{"error":"Currency pair not supported XBT/EUR","method":"subscribe","success":false,"symbol":"XBT/EUR"}',
    [{ kind: 'refused', reason: 'Currency pair not supported XBT/EUR', name: 'XBT/EUR', again: false }],
  ],
  [
    kraken,
    '{"channel":"status","type":"update","data":[{"system":"maintenance","version":"2.0.0"}]}',
    [{ kind: 'notice', text: 'its state is maintenance' }],
  ],
];

for (const [{ name, hear }, text, heard] of documented) {
  test(`${name} means what its documentation says: ${text.slice(0, 60)}`, () => assert.deepEqual(hear(text), heard));
}

test('a symbol of ours is asked for under the name that the exchange gives it', () => {
  const asked = (exchange: Exchange): unknown => JSON.parse(exchange.subscribe([exchange.nameOf('BTC-USD')], 7));
  assert.deepEqual(asked(coinbase), {
    type: 'subscribe',
    product_ids: ['BTC-USD'],
    channels: ['matches', 'heartbeat'],
  });
  assert.deepEqual(asked(binance), { method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 7 });
  assert.deepEqual(asked(kraken), {
    method: 'subscribe',
    params: { channel: 'trade', symbol: ['BTC/USD'], snapshot: true },
    req_id: 7,
  });
  assert.deepEqual(['BTC-USDT', 'ETH-BTC', 'USD-EUR'].map(binance.nameOf), ['BTCUSDT', 'ETHBTC', 'USDEUR']);
});

test('whatever comes is heard without an error, and no trade has a field that cannot be', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('1', '0', '-1', '1e9', 'NaN', '1'.repeat(50)));
  const names = 'type channel e s t p q T m product_id trade_id price size side time data symbol qty timestamp result';
  const message = fc.dictionary(fc.constantFrom(...names.split(' ')), value);
  const kinds = fc.constantFrom({ type: 'match' }, { e: 'trade' }, { channel: 'trade' }, {});
  fc.assert(
    fc.property(message, kinds, fc.constantFrom(...exchanges), (fields, kind, { hear }) => {
      for (const heard of hear(JSON.stringify({ ...fields, ...kind }))) {
        if (heard.kind !== 'trade') continue;
        const { id, price, size, time: at } = heard;
        assert.ok(Number.isSafeInteger(id) && Number.isSafeInteger(at) && price > 0 && size >= 0);
        assert.ok(Number.isFinite(price) && Number.isFinite(size));
      }
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...exchanges), (text, { hear }) => assert.ok(hear(text).length <= 1)),
  );
});
