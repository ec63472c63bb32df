import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { InstanceInfo } from './info.ts';

const DESCRIPTION = `Chat and market data over HTTP. Live data comes another way: the market as Server-Sent Events from
\`/stream\`, the chat over STOMP 1.2 on the WebSocket \`/ws-endpoint\`. Every error has the body
\`{"code","message"}\`.`;

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'A token with the scopes that stand beside each path, where AUTH=jwt; for moderation MODERATOR_TOKEN too.',
} as const;

/** Describes the API by the schemas of its routes, at `/api/openapi.json`. Call it before the routes are added. */
export async function addOpenApi(app: FastifyInstance, { version }: InstanceInfo): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Towncrier', description: DESCRIPTION, version, license: { name: 'MIT', identifier: 'MIT' } },
      components: { securitySchemes: { bearer } },
      tags: [
        { name: 'chat', description: 'Messages, and who is here.' },
        { name: 'moderation', description: 'For moderators: a token with the scope `moderate`, or MODERATOR_TOKEN.' },
        { name: 'market', description: 'Prices and candles.' },
        { name: 'streams', description: 'Streams of your own.' },
        { name: 'server', description: 'About this instance.' },
      ],
    },
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
