import type { ServerResponse } from 'node:http';
import { type ErrorCode, errorTable, Refusal, refusalOf } from '../errors.ts';

/** The largest body that the API reads, in bytes. */
export const BODY_LIMIT = 65_536;

/** The body of every error: the code from the table and a sentence for who asked. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a refusal looks like over HTTP. No answer of this kind may be kept by a cache. */
export function refusalResponse(refusal: Refusal): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
} {
  return {
    status: errorTable[refusal.code].status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...refusal.headers },
    body: { code: refusal.code, message: refusal.message },
  };
}

/** Anything thrown while a request was handled, errors of Fastify included, as a refusal of the table. */
export function httpRefusal(error: unknown): Refusal {
  if (error instanceof Refusal || !(error instanceof Error)) return refusalOf(error);
  // Fastify's own errors carry the status that it would answer with.
  const { statusCode } = error as { statusCode?: unknown };
  if (statusCode === 413) return new Refusal('too-large', `The body is larger than ${BODY_LIMIT} bytes.`);
  if (statusCode === 415) return new Refusal('unsupported-media-type');
  // What the static files must not show is not there.
  if (statusCode === 403 || statusCode === 404) return new Refusal('not-found');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return new Refusal('invalid-request');
  return refusalOf(error);
}

/** Answers on a raw response, where Fastify has no part in it. */
export function answerRefusal(
  response: ServerResponse,
  refusal: Refusal,
  more: Readonly<Record<string, string>> = {},
): void {
  const { status, headers, body } = refusalResponse(refusal);
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { ...headers, ...more, 'Content-Length': bytes.length });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

/** The same where there is only a socket: the request was no HTTP, or asked for an upgrade. The connection ends. */
export function rawRefusal(refusal: Refusal): string {
  const { status, headers, body } = refusalResponse(refusal);
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(text) });
  return `HTTP/1.1 ${status} ${refusal.code}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}
