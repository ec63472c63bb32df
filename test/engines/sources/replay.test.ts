import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Trade } from '../../../server/engines/market-source.ts';
import { createReplay } from '../../../server/engines/sources/replay.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CSV = `time_ms,symbol,price,size
1000,BTCUSDT,87232,0.5
1400,ETHUSDT,2059.1,2
3000,BTCUSDT,87233.5,0.25
`;
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-replay-'));
});
after(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function play(file: string, speed: number, ms: number): Promise<Trade[]> {
  const clock = new ManualClock(0);
  const source = await createReplay({ clock, file, speed });
  const trades: Trade[] = [];
  source.start(new Map(), (batch) => trades.push(...batch));
  clock.advance(ms);
  source.stop();
  assert.equal(clock.pending, 0);
  return trades;
}

test('trades come in the rhythm in which they were recorded, with the times of the present', async () => {
  const trades = await play(await fileOf('a.csv', CSV), 1, 2_500);
  assert.deepEqual(trades, [
    { symbol: 'BTC-USDT', price: 87_232, size: 0.5, time: 0 },
    { symbol: 'ETH-USDT', price: 2_059.1, size: 2, time: 400 },
    { symbol: 'BTC-USDT', price: 87_233.5, size: 0.25, time: 2_000 },
  ]);
});

test('at ten times the speed everything comes ten times sooner', async () => {
  const trades = await play(await fileOf('a.csv', CSV), 10, 250);
  assert.deepEqual(
    trades.map(({ time }) => time),
    [0, 40, 200],
  );
});

test('the recording begins again after its end, an average gap later', async () => {
  const trades = await play(await fileOf('a.csv', CSV), 1, 8_500);
  assert.deepEqual(
    trades.map(({ time }) => time),
    [0, 400, 2_000, 3_000, 3_400, 5_000, 6_000, 6_400, 8_000],
  );
});

test('a gzipped recording is unpacked, whatever its name', async () => {
  const trades = await play(await fileOf('b.csv', gzipSync(CSV)), 1, 2_500);
  assert.equal(trades.length, 3);
});

test('a recording in one millisecond is played once a second', async () => {
  const trades = await play(await fileOf('c.csv', 'time_ms,symbol,price,size\n5,A-B,1,1\n5,A-B,2,1\n'), 1, 2_500);
  assert.deepEqual(
    trades.map(({ time }) => time),
    [0, 0, 1_000, 1_000, 2_000, 2_000],
  );
});

test('the sample plays', async () => {
  const clock = new ManualClock();
  const source = await createReplay({ clock, file: 'samples/trades-2025-03-25.csv.gz', speed: 100 });
  assert.deepEqual([...source.symbols].sort(), ['BTC-USDT', 'ETH-USDT', 'SOL-USDT']);
  let count = 0;
  source.start(new Map(), (batch) => {
    count += batch.length;
  });
  clock.advance(10_000);
  source.stop();
  assert.ok(count > 5 * 11_032, `${count}`);
});

test('a file that is not there is an error that names it', async () => {
  const file = join(folder, 'none.csv');
  await assert.rejects(createReplay({ clock: new ManualClock(), file, speed: 1 }), (error: Error) => {
    assert.ok(error.message.startsWith(`${file}: cannot be read: ENOENT`), error.message);
    return true;
  });
});

test('a broken gzip file is an error that names it', async () => {
  const file = await fileOf('cut.gz', gzipSync(CSV).subarray(0, 30));
  await assert.rejects(createReplay({ clock: new ManualClock(), file, speed: 1 }), (error: Error) => {
    assert.ok(error.message.startsWith(`${file}: cannot be read`), error.message);
    return true;
  });
});
