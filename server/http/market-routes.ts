import type { FastifyInstance } from 'fastify';
import type Type from 'typebox';
import type { Market } from '../market/market.ts';
import { answers, candlesQuerySchema, candlesSchema, defaults, symbolsSchema } from './schemas.ts';

/** `/api/market/…`: the newest prices, and candles. */
export function addMarketRoutes(app: FastifyInstance, market: Market): void {
  app.get(
    '/api/market/symbols',
    {
      config: { scope: 'market:read' },
      schema: {
        tags: ['market'],
        summary: 'The newest tick of each symbol',
        response: answers({ 200: symbolsSchema }),
      },
    },
    async () => ({ symbols: market.symbols() }),
  );

  app.get<{ Querystring: Type.Static<typeof candlesQuerySchema> }>(
    '/api/market/candles',
    {
      config: { scope: 'market:read' },
      schema: {
        tags: ['market'],
        summary: 'The newest candles of a symbol',
        querystring: candlesQuerySchema,
        response: answers({ 200: candlesSchema }),
      },
    },
    async ({ query: { symbol, interval = defaults.interval, limit = defaults.candles } }) => ({
      candles: market.candles(symbol, interval, limit),
    }),
  );
}
