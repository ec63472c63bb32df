import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptSteps } from '../../../web/src/lab/model/accept.ts';

test('the key of RFC 6455, section 1.3, gives its answer, step by step', async () => {
  const steps = await acceptSteps('dGhlIHNhbXBsZSBub25jZQ==');
  assert.deepEqual(
    steps.map(({ name, value }) => [name, value]),
    [
      ['key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['guid', '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'],
      ['joined', 'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11'],
      ['sha1', 'b37a4f2cc0624f1690f64606cf385945b2bec4ea'],
      ['accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
    ],
  );
});

test('a key that is not 16 bytes is refused', async () => {
  await assert.rejects(acceptSteps('dGVzdA=='), RangeError);
});
