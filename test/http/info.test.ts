import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { json, TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ CHAT_ROOMS: ['global', 'help'], MARKET_SOURCE: 'simulator' });
});
after(() => app.close());

test('info tells of the instance and of each engine', async () => {
  const { instance, epoch, uptime, ...rest } = await json(app.get('/api/info'));
  assert.match(instance, /^\S+$/);
  assert.match(epoch, /^\S+$/);
  assert.ok(Number.isInteger(uptime) && uptime >= 0);
  assert.deepEqual(rest, {
    name: 'towncrier',
    version: '1.2.3',
    state: 'up',
    rooms: ['global', 'help'],
    auth: 'guest',
    lab: false,
    engines: {
      messageStore: { kind: 'sqlite', state: 'up' },
      backplane: { kind: 'in-process', state: 'up' },
      presenceStore: { kind: 'in-process', state: 'up' },
      tickLog: { kind: 'in-process', state: 'up' },
      marketSource: { kind: 'simulator', state: 'up' },
    },
    market: { state: 'live' },
    streams: {},
  });
});

test('the description is OpenAPI 3.1 and holds every path with its answers', async () => {
  const response = await app.get('/api/openapi.json');
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  const { openapi, info, paths } = await json(response);
  assert.equal(openapi, '3.1.0');
  assert.deepEqual([info.title, info.version], ['Towncrier', '1.2.3']);
  assert.deepEqual(Object.keys(paths).sort(), [
    '/api/chat/export',
    '/api/chat/messages',
    '/api/chat/presence',
    '/api/chat/rooms',
    '/api/info',
    '/api/market/candles',
    '/api/market/candles.csv',
    '/api/market/symbols',
    '/api/moderation/audit',
    '/api/moderation/mutes',
    '/api/moderation/rooms',
    '/api/moderation/rules',
    '/api/moderation/words',
    '/api/streams/{name}',
  ]);
  for (const [path, methods] of Object.entries<Record<string, Operation>>(paths)) {
    for (const [method, { summary, responses }] of Object.entries(methods)) {
      assert.ok(summary, `${method} ${path} has a summary`);
      for (const { description, content } of Object.values(responses)) {
        if (content['application/x-ndjson'] !== undefined) continue;
        assert.ok(description, `${method} ${path} describes its answers`);
        assert.ok(
          (content['application/json'] ?? content['text/csv'])?.schema,
          `${method} ${path} has a schema for its answers`,
        );
      }
      assert.ok(responses['4XX'] ?? responses['4xx'], `${method} ${path} tells what an error looks like`);
    }
  }
});

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean; readonly schema: object }[];
  readonly responses: Record<string, { description: string; content: Record<string, { schema: object }> }>;
}

test('the description says which parameters are required, and their limits', async () => {
  const { paths } = await json(app.get('/api/openapi.json'));
  const { parameters }: Operation = paths['/api/market/candles'].get;
  const required = Object.fromEntries((parameters ?? []).map(({ name, required }) => [name, required ?? false]));
  assert.deepEqual(required, { symbol: true, interval: false, before: false, limit: false });
  const limit = parameters?.find(({ name }) => name === 'limit')?.schema;
  assert.deepEqual(limit, { type: 'integer', minimum: 1, maximum: 1_000, default: 200 });
});

test('what is answered fits the description of the answer', async () => {
  const { paths } = await json(app.get('/api/openapi.json'));
  for (const path of ['/api/chat/messages', '/api/chat/presence', '/api/info', '/api/market/symbols']) {
    const { schema } = paths[path].get.responses['200'].content['application/json'];
    const answer = await json(app.get(path));
    for (const name of schema.required) assert.ok(name in answer, `${path} has ${name}`);
    for (const name of Object.keys(answer)) assert.ok(name in schema.properties, `${path} describes ${name}`);
  }
});
