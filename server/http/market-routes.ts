import type { FastifyInstance } from 'fastify';
import type { Market } from '../market/market.ts';
import { answers, symbolsSchema } from './schemas.ts';

/** `/api/market/symbols`: the newest prices. */
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
}
