import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorTable, type Refusal } from '../errors.ts';

/**
 * Whether a page of this origin may connect (RFC 6455 section 10.2): it comes from the host that it connects to, or from an
 * allowed site. What sends no `Origin` is no page.
 */
export function originIsAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  const page = URL.parse(origin);
  if (page === null || page.host === '' || host === undefined) return false;
  // Parsed with the page's scheme, so that a port that the scheme implies makes no difference.
  return URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}

/** Answers an upgrade request with the HTTP error of this refusal, and ends the connection. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const { status } = errorTable[refusal.code];
  const body = JSON.stringify({ code: refusal.code, message: refusal.message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  // Whatever goes wrong with a socket that we are done with, the answer is to drop it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
