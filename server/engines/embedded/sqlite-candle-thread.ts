import { parentPort, workerData } from 'node:worker_threads';
import type { Method, Reply, Request, Result } from './sqlite-candle-calls.ts';
import { type CandleFile, SqliteCandles } from './sqlite-candles.ts';
import { describe } from './sqlite-errors.ts';

// The thread of the candles' file: `SqliteCandleStore` starts it, so that a slow disk never stalls the event loop.

type Call = Exclude<Request, { readonly method: 'close' }>;

function run(candles: SqliteCandles, request: Call): Result<Method> {
  switch (request.method) {
    case 'put':
      return candles.put(...request.args);
    case 'newest':
      return candles.newest(...request.args);
    case 'read':
      return candles.read(...request.args);
    case 'forget':
      return candles.forget(...request.args);
  }
}

function answer(candles: SqliteCandles, request: Call): Reply {
  const { call } = request;
  try {
    return { kind: 'done', call, result: run(candles, request) };
  } catch (error) {
    return { kind: 'failed', call, reason: describe(error) };
  }
}

function open(file: CandleFile): SqliteCandles | string {
  try {
    return new SqliteCandles(file);
  } catch (error) {
    return describe(error);
  }
}

function serve(port: NonNullable<typeof parentPort>, file: CandleFile): void {
  const reply = (message: Reply): void => port.postMessage(message);
  const candles = open(file);
  if (typeof candles === 'string') {
    reply({ kind: 'refused', reason: candles });
    return;
  }
  port.on('message', (request: Request) => {
    if (request.method !== 'close') {
      reply(answer(candles, request));
      return;
    }
    candles.close();
    port.close();
  });
  reply({ kind: 'opened' });
}

if (parentPort !== null) serve(parentPort, workerData);
