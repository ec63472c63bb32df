import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import { degradedParts, type EnginesByPart } from './info.ts';
import type { Readiness } from './readiness.ts';
import { answerRefusal } from './refusal.ts';

export interface AdminOptions {
  readonly readiness: Readiness;
  readonly log: Logger;
  /** Absent until all is there that they are read from. */
  metrics(): Registry | undefined;
  /** The engines that there are so far. */
  engines(): EnginesByPart;
}

/** The admin port: `/metrics`, `/health/live`, `/health/ready`. It is there from the first moment to the last. */
export function createAdminServer(options: AdminOptions): Server {
  const { readiness, log } = options;
  return createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/health/live' && path !== '/health/ready' && path !== '/metrics')
      answerRefusal(response, new Refusal('not-found'));
    else if (request.method !== 'GET' && request.method !== 'HEAD')
      answerRefusal(response, new Refusal('method-not-allowed'), { Allow: 'GET, HEAD' });
    else if (path === '/health/live') answer(response, 200, 'application/json', JSON.stringify({ live: true }));
    else if (path === '/health/ready') void answerReady(response, readiness, options.engines());
    else void answerMetrics(response, options.metrics(), log);
  });
}

/** `degraded` names the parts whose engine does not answer now: it makes no instance unready, as all share the engines. */
async function answerReady(response: ServerResponse, { reasons }: Readiness, engines: EnginesByPart): Promise<void> {
  const ready = reasons.length === 0;
  const degraded = await degradedParts(engines);
  const state = !ready ? 'unready' : degraded.length > 0 ? 'degraded' : 'ready';
  answer(response, ready ? 200 : 503, 'application/json', JSON.stringify({ ready, state, reasons, degraded }));
}

async function answerMetrics(response: ServerResponse, registry: Registry | undefined, log: Logger): Promise<void> {
  try {
    const text = await registry?.metrics();
    answer(response, 200, registry?.contentType ?? 'text/plain', text ?? '');
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
