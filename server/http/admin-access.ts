import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from '../errors.ts';

/** Whether a request may pass the operator's doors: returns what is wrong with it, or nothing. */
export type AdminAccess = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => Refusal | undefined;

/**
 * With a token: who brings it, as `Authorization: Bearer` (RFC 6750 section 2.1). Without one: this machine alone, asked by an
 * address of its own loopback, by a name of it, and not through a proxy. The name counts because a page of any site may have a
 * name of its own lead to 127.0.0.1.
 */
export function adminAccess(token: string): AdminAccess {
  return token === '' ? fromThisMachine : withToken(token);
}

function withToken(token: string): AdminAccess {
  const wanted = digest(token);
  return ({ headers }) => {
    const [, given] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (given === undefined) return new Refusal('sign-in-needed', 'The admin token is needed: ADMIN_TOKEN.');
    // Digests are of one length, so that how long this takes tells nothing.
    return timingSafeEqual(digest(given), wanted)
      ? undefined
      : new Refusal('token-invalid', 'This is not the admin token.');
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function fromThisMachine({ headers, socket }: Parameters<AdminAccess>[0]): Refusal | undefined {
  const near = isLoopback(socket.remoteAddress ?? '') && isOwnName(headers.host ?? '');
  const direct = headers.forwarded === undefined && headers['x-forwarded-for'] === undefined;
  return near && direct ? undefined : new Refusal('ops-off');
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isOwnName(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}
