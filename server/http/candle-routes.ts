import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Clock } from '../clock.ts';
import type { Candle } from '../engines/candle-store.ts';
import { Refusal } from '../errors.ts';
import type { CandleHistory } from '../market/candle-history.ts';
import { PieceWork } from './piece-work.ts';
import { answers, candlesCsvQuerySchema, candlesQuerySchema, candlesSchema, defaults } from './schemas.ts';

/** Downloads at a time, all clients together: each asks the store for up to a hundred pieces. */
const MOST_DOWNLOADS = 16;
/** Who takes nothing of a download for so long has given it up, in milliseconds. */
const STALLED = 30_000;
const COLUMNS = 'time,open,high,low,close,volume\n';
/** Every candle begins before it. */
const EVER = Number.MAX_SAFE_INTEGER;

type Candles = Pick<CandleHistory, 'page' | 'all' | 'refuseUnknown'>;

/** `/api/market/candles`, which pages back, and the same as a download. */
export function addCandleRoutes(app: FastifyInstance, history: Candles, clock: Clock): void {
  app.get<{ Querystring: Type.Static<typeof candlesQuerySchema> }>(
    '/api/market/candles',
    {
      config: { scope: 'market:read' },
      schema: {
        tags: ['market'],
        summary: 'Candles of a symbol: the newest, or the newest of those before a time',
        querystring: candlesQuerySchema,
        response: answers({ 200: candlesSchema }),
      },
    },
    ({ query: { symbol, interval = defaults.interval, before, limit = defaults.candles } }) =>
      history.page({ symbol, interval }, before, limit),
  );
  addDownload(app, history, new PieceWork(clock));
}

function addDownload(app: FastifyInstance, history: Candles, work: PieceWork): void {
  let downloads = 0;
  const text = Type.String({
    description: 'One line a candle, oldest first, under a line with the names of the columns.',
  });
  app.get<{ Querystring: Type.Static<typeof candlesCsvQuerySchema> }>(
    '/api/market/candles.csv',
    {
      config: { scope: 'market:read' },
      schema: {
        tags: ['market'],
        summary: 'Candles of a symbol as CSV, oldest first',
        querystring: candlesCsvQuerySchema,
        response: answers({ 200: { description: 'The candles.', content: { 'text/csv': { schema: text } } } }),
      },
    },
    async ({ query }, reply) => {
      const { symbol, interval = defaults.interval, from = 0, before = EVER, limit = defaults.rows } = query;
      if (downloads >= MOST_DOWNLOADS)
        throw new Refusal('too-fast', `At most ${MOST_DOWNLOADS} downloads are made at a time.`, { retryAfter: 5 });
      downloads++;
      reply.raw.once('close', () => downloads--);
      reply.raw.setTimeout(STALLED, () => reply.raw.destroy());
      const pieces = history.all({ symbol, interval }, from, before, limit);
      // The first piece is read before anything is answered: what is refused is refused with its status.
      const first = await pieces.next();
      if (first.done) history.refuseUnknown(symbol);
      reply.header('Content-Type', 'text/csv; charset=utf-8; header=present');
      reply.header('Content-Disposition', `attachment; filename="${fileName(symbol)}-${interval}.csv"`);
      return reply.send(Readable.from(lines(first.value ?? [], pieces, work)));
    },
  );
}

/** The first piece is there; what follows is made in turn with that of all other downloads. */
async function* lines(
  first: readonly Candle[],
  pieces: AsyncGenerator<readonly Candle[]>,
  work: PieceWork,
): AsyncGenerator<string> {
  yield COLUMNS + first.map(line).join('');
  for (;;) {
    const text = await work.do(async () => {
      const next = await pieces.next();
      return next.done ? undefined : next.value.map(line).join('');
    });
    if (text === undefined) return;
    yield text;
  }
}

function line({ time, open, high, low, close, volume }: Candle): string {
  return `${time},${open},${high},${low},${close},${volume}\n`;
}

/** A symbol may be any text; a name of a file may not. */
function fileName(symbol: string): string {
  return symbol.replaceAll(/[^\w.-]/g, '_');
}
