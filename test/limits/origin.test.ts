import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corsHeaders, originIsAllowed } from '../../server/limits/origin.ts';

for (const [origin, host, allowed, is] of [
  [undefined, 'a.example', [], true],
  ['http://a.example', 'a.example', [], true],
  ['https://a.example', 'a.example', [], true],
  ['https://a.example', 'a.example:443', [], true],
  ['http://a.example', 'a.example:443', [], false],
  ['http://a.example:8080', 'a.example:8080', [], true],
  ['http://a.example:8081', 'a.example:8080', [], false],
  ['http://A.EXAMPLE', 'a.Example', [], true],
  ['http://[::1]:8080', '[::1]:8080', [], true],
  ['http://a.example.evil.example', 'a.example', [], false],
  ['http://evil.example', undefined, [], false],
  ['http://a.example', 'a.example@evil.example', [], false],
  ['null', 'a.example', [], false],
  ['null', 'null', [], false],
  ['file://', 'a.example', [], false],
  ['chrome-extension://a.example', 'a.example', [], false],
  ['http://a.example, http://a.example', 'a.example', [], false],
  ['', 'a.example', [], false],
  ['https://b.example', 'a.example', ['https://b.example'], true],
  ['https://b.example', 'a.example', ['https://B.example:443'], true],
  ['http://b.example', 'a.example', ['https://b.example'], false],
  ['https://x.b.example', 'a.example', ['https://b.example'], false],
  ['null', 'a.example', ['*'], true],
] as const) {
  test(`a page of ${origin} at ${host}, with [${allowed.join()}], is ${is ? 'allowed' : 'refused'}`, () => {
    assert.equal(originIsAllowed(origin, host, allowed), is);
    const cors = corsHeaders({ origin, host }, allowed);
    const expected =
      is && origin !== undefined ? ((allowed as readonly string[]).includes('*') ? '*' : origin) : undefined;
    assert.equal(cors['Access-Control-Allow-Origin'], expected);
    // Any site may not: a visitor's cookies are not for every page.
    assert.equal(
      cors['Access-Control-Allow-Credentials'],
      expected === undefined || expected === '*' ? undefined : 'true',
    );
    assert.equal(cors.Vary, 'Origin');
  });
}
