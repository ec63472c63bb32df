import fc from 'fast-check';
import { tokenOfRequest } from '../../server/auth/request-token.ts';
import { Refusal } from '../../server/errors.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { texts } from './inputs.ts';

const token = fc.stringMatching(/^[\w-]{1,20}\.[\w-]{1,20}\.[\w-]{0,20}$/);
const header = fc.oneof(
  token.map((text) => `Bearer ${text}`),
  token.map((text) => `bearer   ${text} `),
  fc.string({ unit: 'binary' }).map((text) => `Bearer ${text}`),
  fc.base64String().map((text) => `Basic ${text}`),
  fc.constant(''),
);
const query = fc.oneof(
  token.map((text) => `/stream?access_token=${text}`),
  fc.webUrl({ withQueryParameters: true }),
  fc.constant('/stream?access_token=&access_token=a%ZZ'),
);
const cookie = fc.oneof(
  token.map((text) => `a=b; towncrier="${text}"; c`),
  token.map((text) => `towncrier=${text}`),
  fc.string({ unit: 'binary' }),
);
const origin = fc.constantFrom('https://a.example', 'https://b.example', 'null', '', 'http://localhost:8080');
const requests = fc.tuple(header, query, cookie, origin).map((parts) => parts.join('\x01'));
const FRIENDS = ['a.example', 'localhost:8080'];
const places = { cookie: 'towncrier', allowedOrigins: ['https://a.example'] };

function check(text: string): string | undefined {
  const [authorization = '', url = '', cookieHeader = '', from = ''] = text.split('\x01');
  const headers = {
    host: 'localhost:8080',
    ...(authorization !== '' && { authorization }),
    ...(cookieHeader !== '' && { cookie: cookieHeader }),
    ...(from !== '' && { origin: from }),
  };
  try {
    const found = tokenOfRequest({ headers, url }, places, true);
    if (found === undefined) return 'no token';
    if (found.value === '') throw new Error('an empty token');
    if (found.ambient && !FRIENDS.includes(URL.parse(from)?.host ?? ''))
      throw new Error('a cookie counts for a page of a stranger');
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'token-invalid') return error.code;
    throw error;
  }
}

/** Where a request may have a token: headers, query and cookie. */
export const tokens: Fuzzer = {
  name: 'tokens of requests',
  share: 2,
  async fuzz(count, seed) {
    const account = new Account(count);
    for await (const { text } of texts(requests, count, seed)) {
      try {
        account.add(check(text));
      } catch (error) {
        throw failure(`${error}`, text, seed);
      }
    }
    return account.outcome();
  },
};
