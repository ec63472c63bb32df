import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marketSymbol, parseRecording } from '../../../server/engines/sources/recording.ts';

const HEADER = 'time_ms,symbol,price,size\n';

for (const [name, symbol] of [
  ['BTCUSDT', 'BTC-USDT'],
  ['ethusd', 'ETH-USD'],
  ['ETHBTC', 'ETH-BTC'],
  ['BTCFDUSD', 'BTC-FDUSD'],
  ['BTC/USD', 'BTC-USD'],
  ['BTC_USD', 'BTC-USD'],
  ['BTC-USD', 'BTC-USD'],
  ['USDT', 'USDT'],
  ['XYZ', 'XYZ'],
]) {
  test(`the symbol ${name} is written ${symbol} here`, () => assert.equal(marketSymbol(name ?? ''), symbol));
}

test('a recording may have Windows line ends, a byte order mark, and no last line end', () => {
  const recording = parseRecording('\uFEFFtime_ms,symbol,price,size\r\n1,A-B,2,3\r\n4,A-B,5,6', 'f');
  assert.equal(recording.length, 2);
  assert.deepEqual(recording.trade(1), { symbol: 'A-B', price: 5, size: 6 });
  assert.equal(recording.offset(1), 3);
});

for (const [what, text, message] of [
  ['without the header', '1,A,2,3\n', 'f:1: the first line must be time_ms,symbol,price,size'],
  ['that is empty', '', 'f:0: no trades follow the line time_ms,symbol,price,size'],
  ['without trades', HEADER, 'f:1: no trades follow the line time_ms,symbol,price,size'],
  ['with a column too few', `${HEADER}1,A,2,3\n1,A,2\n`, 'f:3: not a row of time_ms,symbol,price,size: "1,A,2"'],
  ['with a column too many', `${HEADER}1,A,2,3,4\n`, 'f:2: not a row of time_ms,symbol,price,size: "1,A,2,3,4"'],
  ['with a word for a price', `${HEADER}1,A,two,3\n`, 'f:2: not a row of time_ms,symbol,price,size: "1,A,two,3"'],
  ['with a price of 0', `${HEADER}1,A,0,3\n`, 'f:2: the price must be above 0'],
  ['with an endless price', `${HEADER}1,A,1e999,3\n`, 'f:2: price or size is out of range'],
  ['whose times go back', `${HEADER}2,A,1,1\n1,A,1,1\n`, 'f:3: the time lies before that of the line above'],
]) {
  test(`a recording ${what} is refused, with file and line`, () => {
    assert.throws(() => parseRecording(text ?? '', 'f'), { message });
  });
}
