import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { type ErrorCode, Refusal } from '../../errors.ts';
import { answerRefusal } from '../sse-answers.ts';

/** Says for whom a worker asks. Only believed on the socket that workers alone can reach. */
export const PEER_HEADER = 'x-towncrier-peer';
/** A worker that is silent for so long, in milliseconds, hangs: heart-beats come more often. */
const SILENCE = 35_000;
/** They are for one connection (RFC 9110, section 7.6.1); Node makes its own. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** Passes requests on to other workers, over Unix sockets that stay open. */
export class Forwarder {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #refused: ((code: ErrorCode) => void) | undefined;

  /** @param refused - told of each answer that its owner did not give */
  constructor(refused: ((code: ErrorCode) => void) | undefined) {
    this.#refused = refused;
  }

  /** Passes a request on, and the answer back as it comes. When one side goes away, so does the other. */
  forward(request: IncomingMessage, response: ServerResponse, socketPath: string): void {
    const peer = request.socket.remoteAddress ?? '';
    const headers = { ...endToEnd(request.headers), [PEER_HEADER]: peer };
    const { method, url: path } = request;
    const onward = httpRequest({ agent: this.#agent, socketPath, method, path, headers });
    onward.setTimeout(SILENCE, () => onward.destroy(new Error('The worker is silent.')));
    onward.on('response', (answer) => passBack(answer, response));
    onward.on('error', () => this.#giveUp(request, response));
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    request.pipe(onward);
  }

  close(): void {
    this.#agent.destroy();
  }

  #giveUp(request: IncomingMessage, response: ServerResponse): void {
    request.unpipe();
    request.resume();
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    this.#refused?.('worker-gone');
    answerRefusal(response, new Refusal('worker-gone'), {});
  }
}

function passBack(answer: IncomingMessage, response: ServerResponse): void {
  const headers = endToEnd(answer.headers);
  // With a length or without: how the end is marked is each connection's own.
  delete headers['transfer-encoding'];
  response.writeHead(answer.statusCode ?? 502, headers);
  response.flushHeaders();
  // An answer that breaks off must not look complete.
  answer.on('close', () => {
    if (!answer.complete) response.destroy();
  });
  answer.on('error', () => response.destroy());
  answer.pipe(response);
}

function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}
