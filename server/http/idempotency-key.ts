import type { IncomingHttpHeaders } from 'node:http';
import Type from 'typebox';

/**
 * The headers of a request that may be sent again: the draft "The Idempotency-Key HTTP Header Field" has a text in quotes;
 * many send it without.
 */
export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^(?:"[!#-~]{1,64}"|[!#-~]{1,64})$',
      description: '1 to 64 visible characters of ASCII, in quotes or without: the same key again is done once',
    }),
  ),
});

/** The key of a request whose headers were checked. */
export function idempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['idempotency-key'];
  return typeof given === 'string' ? given.replaceAll('"', '') : undefined;
}
