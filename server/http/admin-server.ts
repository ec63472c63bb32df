import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Health } from './health.ts';
import { answerRefusal } from './refusal.ts';

export interface AdminOptions {
  readonly log: Logger;
  health(): Promise<Health>;
  /** In the text form of Prometheus; empty until all is there that they are read from. */
  metrics(): Promise<string>;
  /** The operator's view: `/ops`, and the files of its page. `undefined` until it is there. */
  ops(): RequestListener | undefined;
}

const OPS = /^\/(?:ops(?:\/|$)|assets\/|favicon\.svg$)/;

/** The admin port: `/metrics`, `/health/live`, `/health/ready`, `/ops`. It is there from the first moment to the last. */
export function createAdminServer(options: AdminOptions): Server {
  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    const ops = OPS.test(path ?? '') ? options.ops() : undefined;
    if (ops !== undefined) ops(request, response);
    else if (path !== '/health/live' && path !== '/health/ready' && path !== '/metrics')
      answerRefusal(response, new Refusal('not-found'));
    else if (request.method !== 'GET' && request.method !== 'HEAD')
      answerRefusal(response, new Refusal('method-not-allowed'), { Allow: 'GET, HEAD' });
    else if (path === '/health/live') answer(response, 200, 'application/json', JSON.stringify({ live: true }));
    else if (path === '/health/ready')
      void answerReady(response, options, request.url?.includes('?draining=404') === true);
    else void answerMetrics(response, options);
  });
}

/** HAProxy takes 404 to mean: nobody new, and leave those alone who are here. */
async function answerReady(response: ServerResponse, options: AdminOptions, drainIs404: boolean): Promise<void> {
  const health = await options.health();
  const unready = drainIs404 && health.reasons.includes('stopping') ? 404 : 503;
  answer(response, health.ready ? 200 : unready, 'application/json', JSON.stringify(health));
}

async function answerMetrics(response: ServerResponse, { metrics, log }: AdminOptions): Promise<void> {
  try {
    answer(response, 200, Registry.PROMETHEUS_CONTENT_TYPE, await metrics());
  } catch (error) {
    log.error({ err: error }, 'the metrics cannot be read');
    answerRefusal(response, new Refusal('internal'));
  }
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': 'no-store' });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}
