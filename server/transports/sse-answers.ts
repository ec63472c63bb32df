import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorTable, type Refusal } from '../errors.ts';

export const ALLOW = 'GET, HEAD, OPTIONS';

/** The head of an event stream. No cache may keep it, and no proxy may gather or change it. */
export const streamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** Headers by which a browser lets a page of another origin read the answer (Fetch Standard, section 3.2). */
export function corsHeaders(request: IncomingMessage, allowedOrigins: readonly string[]): Record<string, string> {
  const { origin, host } = request.headers;
  const headers = { Vary: 'Origin' };
  if (origin === undefined) return headers;
  if (allowedOrigins.includes('*')) return { ...headers, 'Access-Control-Allow-Origin': '*' };
  const allowed = allowedOrigins.includes(origin) || originHost(origin) === host;
  return allowed ? { ...headers, 'Access-Control-Allow-Origin': origin } : headers;
}

export function answerPreflight(response: ServerResponse, cors: Record<string, string>): void {
  response.writeHead(204, {
    ...cors,
    Allow: ALLOW,
    'Access-Control-Allow-Methods': 'GET, HEAD',
    'Access-Control-Allow-Headers': 'Last-Event-ID, Cache-Control',
    'Access-Control-Max-Age': '86400',
  });
  response.end();
}

/** What is refused, as JSON with the error's code. */
export function answerRefusal(response: ServerResponse, refusal: Refusal, headers: Record<string, string>): void {
  const body = Buffer.from(JSON.stringify({ code: refusal.code, message: refusal.message }));
  response.writeHead(errorTable[refusal.code].status, {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
