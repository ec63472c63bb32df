import type { ServerResponse } from 'node:http';
import { errorTable, type Refusal } from '../errors.ts';

export const ALLOW = 'GET, HEAD, OPTIONS';

/** The head of an event stream. No cache may keep it, and no proxy may gather or change it. */
export const streamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

export function answerPreflight(response: ServerResponse, cors: Record<string, string>): void {
  response.writeHead(204, {
    ...cors,
    Allow: ALLOW,
    'Access-Control-Allow-Methods': 'GET, HEAD',
    'Access-Control-Allow-Headers': 'Last-Event-ID, Cache-Control, Authorization',
    'Access-Control-Max-Age': '86400',
  });
  response.end();
}

/** What is refused, as JSON with the error's code. */
export function answerRefusal(response: ServerResponse, refusal: Refusal, headers: Record<string, string>): void {
  const body = Buffer.from(JSON.stringify({ code: refusal.code, message: refusal.message }));
  response.writeHead(errorTable[refusal.code].status, {
    ...headers,
    ...refusal.headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
