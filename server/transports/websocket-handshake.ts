import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorTable, Refusal } from '../errors.ts';

/** The one version there is (RFC 6455 section 4.4); drafts had others. */
const VERSION = '13';
/** 16 bytes in base64 (RFC 6455 section 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/**
 * What is wrong with the request of a handshake, if anything is (RFC 6455 section 4.2.1). That `Connection` and `Upgrade` ask
 * for a WebSocket is what brought it here.
 */
export function handshakeRefusal(request: IncomingMessage): Refusal | undefined {
  const { headers, headersDistinct, method, httpVersion } = request;
  const { host, 'sec-websocket-key': key, 'sec-websocket-version': version } = headers;
  if (method !== 'GET') return new Refusal('method-not-allowed', 'A WebSocket begins with GET.');
  if (Number(httpVersion) < 1.1) return new Refusal('invalid-request', 'A WebSocket needs HTTP/1.1.');
  if (host === undefined || host === '') return new Refusal('invalid-request', 'The header Host is missing.');
  // RFC 9112 section 3.2. Node takes the first and drops the others.
  if (headersDistinct.host?.length !== 1) return new Refusal('invalid-request', 'The header Host is there twice.');
  if (version !== VERSION) return new Refusal('upgrade-required', `Sec-WebSocket-Version must be ${VERSION}.`);
  if (typeof key !== 'string' || !KEY.test(key))
    return new Refusal('invalid-request', 'The header Sec-WebSocket-Key is missing or not 16 bytes in base64.');
  return undefined;
}

/** Answers an upgrade request with the HTTP error of this refusal, and ends the connection. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const { status } = errorTable[refusal.code];
  const body = JSON.stringify({ code: refusal.code, message: refusal.message });
  const more = { ...refusal.headers, ...headersOf(status) };
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  endUpgrade(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers an upgrade request with this text, and lets go of the socket. Node listens to it no more, so an error would end the process. */
export function endUpgrade(socket: Duplex, answer: string): void {
  // Whatever goes wrong with a socket that we are done with, the answer is to drop it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(answer);
}

/** RFC 6455 section 4.4 and RFC 9110 section 15.5.22; RFC 9110 section 15.5.6. */
function headersOf(status: number): Readonly<Record<string, string>> {
  if (status === 426) return { 'Sec-WebSocket-Version': VERSION, Upgrade: 'websocket' };
  return status === 405 ? { Allow: 'GET' } : {};
}
