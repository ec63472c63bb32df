import { eachOf, exchange, localAddress } from './exchange.ts';
import { Account, type Fuzzer, type FuzzOutcome, failure } from './fuzzer.ts';
import { httpAnswers } from './http-answers.ts';
import { requests } from './http-requests.ts';
import { texts } from './inputs.ts';
import { Target } from './target.ts';

const LANES = 48;
/** After each input comes a good request. Where what was before it is whole, it is answered, and the connection ends. */
const GOOD = 'GET /api/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const SECRET = 'a secret of the tests, 32 bytes.';

async function fuzz(target: Target, count: number, seed: number): Promise<FuzzOutcome> {
  const account = new Account(count);
  await eachOf(texts(requests, count, seed), LANES, async ({ text }) => {
    try {
      const came = await exchange(target.port, Buffer.from(text + GOOD), {
        localAddress: localAddress(account.inputs),
      });
      const codes = httpAnswers(came).map(({ code }) => code);
      account.add(codes.find((code) => code !== undefined));
    } catch (error) {
      throw failure(`${error}`, text, seed);
    }
  });
  await target.check();
  return account.outcome();
}

/** Requests over real connections to a whole server: each is answered, with what docs/reference/errors.md says, and never 500. */
export const http: Fuzzer = {
  name: 'HTTP requests',
  share: 1,
  async fuzz(count, seed) {
    await using target = await Target.start();
    return await fuzz(target, count, seed);
  },
};

/** The same where every request needs a token. */
export const httpSignedIn: Fuzzer = {
  name: 'HTTP requests with sign-in',
  share: 0.5,
  async fuzz(count, seed) {
    await using target = await Target.start({ AUTH: 'jwt', JWT_SECRET: SECRET, AUTH_ANONYMOUS_READ: 'on' });
    return await fuzz(target, count, seed);
  },
};
