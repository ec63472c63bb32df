import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import schema from '@asyncapi/specs/schemas/3.0.0.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { default as formats } from 'ajv-formats';
import Value from 'typebox/value';
import { asyncApi, asyncChannels, asyncMessages } from '../../scripts/asyncapi.ts';
import { StompClient } from '../support/stomp-client.ts';
import { TestApp } from '../support/test-app.ts';

let app: TestApp;

before(async () => {
  app = await TestApp.start({ MARKET_SOURCE: 'simulator', STREAMS: ['orders:latest'] });
});

after(() => app?.close());

test('the document is valid by the official schema of AsyncAPI 3.0.0, and a broken one is not', () => {
  // The schema carries draft 07 within itself, which is also its own `$schema`: Ajv's copy of it would be a second one.
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
  formats.default(ajv);
  const valid = ajv.compile(schema);
  assert.ok(valid(JSON.parse(asyncApi())), JSON.stringify(valid.errors?.slice(0, 5), null, 2));
  assert.equal(valid({ ...JSON.parse(asyncApi()), channels: { chat: { address: 7 } } }), false);
});

test('every reference in the document leads somewhere in it', () => {
  const document: unknown = JSON.parse(asyncApi());
  const references = [...asyncApi().matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(references.length > 20);
  for (const path of references) {
    let place = document;
    for (const name of path.split('/')) {
      assert.ok(typeof place === 'object' && place !== null && Object.hasOwn(place, name), path);
      place = Object.entries(place).find(([key]) => key === name)?.[1];
    }
  }
});

/** An address with names for what stands in braces. */
const placeOf = (address: string): string => address.replace('{room}', 'global').replace('{stream}', 'orders');

test('every destination of the document is one, and what comes there is what the document says', async () => {
  const client = await StompClient.connect(app.url, 'Ann');
  try {
    const topics = Object.values(asyncChannels).filter(({ server, action }) => server === 'stomp' && action === 'send');
    for (const [index, { address }] of topics.entries()) {
      const destination = placeOf(address);
      client.send('SUBSCRIBE', { id: `sub-${index}`, destination, receipt: `r-${index}` });
      await client.frame((frame) => frame.headers['receipt-id'] === `r-${index}`);
    }
    await client.accepted('/app/typing', { typing: true });
    await client.accepted('/app/chat', { content: 'hello' });
    await client.accepted('/app/chat.global', { content: 'hello again' });
    client.send('SEND', { destination: '/app/chat' }, '{}');
    for (const { address, messages } of topics) {
      const body = await client.message(placeOf(address));
      const fits = messages.some((name) => {
        const schema = asyncMessages[name]?.payload;
        return schema !== undefined && Value.Check(schema, body);
      });
      assert.ok(fits, `${address}: ${JSON.stringify(body)}`);
    }
  } finally {
    await client.close();
  }
});
