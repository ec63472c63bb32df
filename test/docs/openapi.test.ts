import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';

const text = readFileSync(join(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8');

test('the document is valid OpenAPI 3.1 by its schema, and a broken one is not', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(text));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  const broken = await new Validator().validate({ ...JSON.parse(text), paths: { '/api/info': { get: 7 } } });
  assert.equal(broken.valid, false);
});
