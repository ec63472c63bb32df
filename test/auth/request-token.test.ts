import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { withoutTokens } from '../../server/auth/redact.ts';
import { tokenOfConnect, tokenOfRequest } from '../../server/auth/request-token.ts';
import { Refusal } from '../../server/errors.ts';

const places = { cookie: 'session', allowedOrigins: ['https://example.org'] };

/** The token, with a * behind one of a cookie; or what is said. */
function found(headers: IncomingHttpHeaders, url = '/', query = true, where = places): string | undefined {
  try {
    const token = tokenOfRequest({ headers: { host: 'live.example.com', ...headers }, url }, where, query);
    return token && `${token.value}${token.ambient ? '*' : ''}`;
  } catch (error) {
    assert.ok(error instanceof Refusal && error.code === 'token-invalid');
    return error.message;
  }
}

test('the header Authorization holds a Bearer token; other schemes are not for us', () => {
  assert.equal(found({ authorization: 'Bearer a.b-c_d~e+f/g==' }), 'a.b-c_d~e+f/g==');
  assert.equal(found({ authorization: 'bearer  abc ' }), 'abc');
  assert.equal(found({ authorization: 'Basic YTpi' }), undefined);
  assert.equal(found({}), undefined);
  for (const wrong of ['Bearer', 'Bearer ', 'Bearer a b', 'Bearer "a"', 'Bearer: a'])
    assert.match(`${found({ authorization: wrong })}`, /is not "Bearer" and a token/, wrong);
});

test('access_token in the query counts where it may stand there', () => {
  assert.equal(found({}, '/stream?x=1&access_token=a%2Eb'), 'a.b');
  assert.equal(found({}, '/stream?access_token='), undefined);
  assert.equal(found({}, '/stream?my_access_token=a'), undefined);
  assert.equal(found({}, '/stream?access_token=a', false), undefined);
});

test('two different tokens are refused, the same one twice is one', () => {
  const authorization = 'Bearer a';
  assert.equal(found({ authorization }, '/?access_token=a'), 'a');
  assert.equal(found({ authorization }, '/?access_token=b'), 'Two different tokens came at once.');
  assert.equal(found({}, '/?access_token=a&access_token=b'), 'Two different tokens came at once.');
});

test('a cookie counts from pages of this origin and of those allowed, and only without another token', () => {
  const cookie = 'a=1; session=token; b=2';
  assert.equal(found({ cookie, origin: 'https://live.example.com' }), 'token*');
  assert.equal(found({ cookie, origin: 'https://example.org' }), 'token*');
  assert.equal(found({ cookie, 'sec-fetch-site': 'same-origin' }), 'token*');
  assert.equal(found({ cookie: 'session="token"', 'sec-fetch-site': 'same-origin' }), 'token*');
  assert.equal(found({ cookie, origin: 'https://live.example.com', authorization: 'Bearer a' }), 'a');
});

test('a cookie does not count from other sites, nor where the browser does not say from where', () => {
  const cookie = 'session=token';
  assert.equal(found({ cookie, origin: 'https://evil.example' }), undefined);
  assert.equal(found({ cookie, origin: 'null' }), undefined);
  assert.equal(found({ cookie }), undefined);
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal(found({ cookie, 'sec-fetch-site': site }), undefined);
  assert.equal(found({ cookie, origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }), undefined);
});

test('cookies of other names do not count, nor any where none is named', () => {
  const own = { 'sec-fetch-site': 'same-origin' };
  assert.equal(found({ ...own, cookie: 'sessions=x; xsession=y; session; session=' }), undefined);
  assert.equal(found({ ...own, cookie: 'session=x; =y' }, '/', true, { ...places, cookie: '' }), undefined);
});

test('what CONNECT says goes before a cookie, and must agree with what else the request says', () => {
  const cookie = { value: 'c', ambient: true };
  const query = { value: 'q', ambient: false };
  assert.equal(tokenOfConnect(undefined, undefined, undefined), undefined);
  assert.equal(tokenOfConnect('', undefined, undefined), undefined);
  assert.equal(tokenOfConnect(undefined, undefined, cookie), 'c');
  assert.equal(tokenOfConnect('p', undefined, cookie), 'p');
  assert.equal(tokenOfConnect(undefined, 'Bearer a', undefined), 'a');
  assert.equal(tokenOfConnect(undefined, undefined, query), 'q');
  assert.equal(tokenOfConnect('q', 'Bearer q', query), 'q');
  assert.throws(() => tokenOfConnect('p', undefined, query), /Two different tokens/);
});

test('a line of the log loses its tokens, wherever they stand', () => {
  const line = '{"url":"/stream?access_token=abc&symbols=BTC-USD","err":"at eyJhbGciOi.eyJzdWIi.c2ln-_x (a.ts)"}';
  assert.equal(
    withoutTokens(line),
    '{"url":"/stream?access_token=(hidden)&symbols=BTC-USD","err":"at (token) (a.ts)"}',
  );
  // As fast for a line made to be slow: this one would take minutes where each beginning were tried.
  const long = `-eyJ`.repeat(50_000);
  assert.equal(withoutTokens(long), long);
  assert.equal(withoutTokens('{"msg":"nothing to hide"}'), '{"msg":"nothing to hide"}');
});
