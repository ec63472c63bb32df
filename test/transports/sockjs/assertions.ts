import assert from 'node:assert/strict';
import type { Answer } from './sockjs-client.ts';

// What the public test list of sockjs-protocol 0.3.3 verifies again and again.

type Headers = Pick<Answer, 'headers'>;

/** `verify_cors`; without an origin anybody may read it, and no cookies come along. */
export function assertCors({ headers }: Headers, origin?: string): void {
  assert.equal(headers['access-control-allow-origin'], origin ?? '*');
  assert.equal(headers['access-control-allow-credentials'], origin === undefined ? undefined : 'true');
}

/** `verify_not_cached`. */
export function assertNeverCached({ headers }: Headers): void {
  assert.equal(headers['cache-control'], 'no-store, no-cache, no-transform, must-revalidate, max-age=0');
  assert.deepEqual([headers.expires, headers['last-modified']], [undefined, undefined]);
}

/** What IFrame page and preflights have: they may be kept for a year. */
export function assertLongCached({ headers }: Headers): void {
  assert.match(headers['cache-control'] ?? '', /public.*max-age=31536000/);
  assert.ok(headers.expires);
  assert.equal(headers['last-modified'], undefined);
}

/** The body of an answer that is 200, as the list wants of every frame. */
export async function bodyOf(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  assert.equal(status, 200);
  return body;
}

/** A send that was taken: 204 and nothing more. */
export async function assertSent(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  assert.deepEqual([status, body], [204, '']);
}
