import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from 'node:http';
import type { Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** HTTP by hand, at paths below `/base` that nobody tidies up. */
export class SockJsClient {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send('GET', path, headers);
  }

  post(path: string, body = '', headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send('POST', path, headers, body);
  }

  form(path: string, body: string): Promise<Answer> {
    return this.post(path, body, { 'Content-Type': 'application/x-www-form-urlencoded' });
  }

  async send(method: string, path: string, headers: OutgoingHttpHeaders = {}, body = ''): Promise<Answer> {
    return await whole(await this.stream(method, path, headers, body));
  }

  /** An answer to be read chunk by chunk. */
  async stream(method: string, path: string, headers: OutgoingHttpHeaders = {}, body = ''): Promise<Stream> {
    const agent = new Agent();
    const asked = request({ port: this.#port, host: '127.0.0.1', method, path: `/base${path}`, headers, agent });
    asked.end(body);
    return await answerOf(asked);
  }

  /** A request whose answer nobody waits for yet. */
  begin(method: string, path: string): { readonly answer: Promise<Answer>; abort(): void } {
    const asked = request({ port: this.#port, host: '127.0.0.1', method, path: `/base${path}`, agent: new Agent() });
    asked.on('error', () => undefined);
    asked.end();
    const answer = answerOf(asked).then(whole);
    answer.catch(() => undefined);
    return { answer, abort: () => asked.destroy() };
  }
}

/** Reads from the first byte on: what waits in the response's buffer would become one chunk. */
function answerOf(asked: ClientRequest): Promise<Stream> {
  return new Promise((resolve, reject) => {
    asked.on('response', (response) => resolve(new Stream(response)));
    asked.on('error', reject);
  });
}

async function whole(stream: Stream): Promise<Answer> {
  let body = '';
  for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) body += chunk;
  return { status: stream.status, headers: stream.headers, body };
}

/** A response, chunk by chunk as the server made them. */
export class Stream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether it ended before its end. */
  broken = false;
  readonly #response: IncomingMessage;
  readonly #chunks: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk.toString());
      this.#wake();
    });
    response.on('error', () => {
      this.broken = true;
    });
    response.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  get socket(): Socket {
    return this.#response.socket;
  }

  /** The next chunk; `undefined` at the end. */
  async read(): Promise<string | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined || this.#ended) return chunk;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The client goes away. */
  abort(): void {
    this.#response.destroy();
  }
}

/** Waits, turn by turn of the event loop, for what does not tell when it is done. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
