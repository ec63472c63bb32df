import type { IncomingMessage } from 'node:http';
import { decodeMessages, decodeText } from '../../protocol/sockjs/messages.ts';
import { answerText, type Exchange } from './answers.ts';
import type { SockJsSession } from './session.ts';

/** The largest body of a send, in bytes: that of a WebSocket message. */
export const MAX_BODY = 131_072;

/** How a transport's sends look. */
export interface Sending {
  /** Whether the messages may be the field `d` of a form. */
  readonly form: boolean;
  /** The answer to a good one. */
  readonly status: number;
  readonly text: string;
}

/**
 * Takes what a client sends to its session. What is wrong is said in the words that the protocol prescribes.
 * @param tooLarge - told of a body that is not taken for its size
 */
export function answerSend(
  exchange: Exchange,
  session: SockJsSession | undefined,
  sending: Sending,
  tooLarge: () => void,
): void {
  const { request, response } = exchange;
  if (session === undefined) {
    request.resume();
    answerText(exchange, 404, 'There is no such session.');
    return;
  }
  readBody(request, (body) => {
    if (response.destroyed) return;
    if (body === undefined) {
      tooLarge();
      response.setHeader('Connection', 'close');
      answerText(exchange, 413, `The body is larger than ${MAX_BODY} bytes.`);
      return;
    }
    const text = payloadOf(request, body, sending.form);
    const messages = text === undefined || text === '' ? undefined : decodeMessages(text);
    if (text === '') answerText(exchange, 500, 'Payload expected.');
    else if (messages === undefined) answerText(exchange, 500, 'Broken JSON encoding.');
    else session.receive(messages, () => answerText(exchange, sending.status, sending.text));
  });
}

/** The JSON in a body; `undefined` for what is no UTF-8. */
function payloadOf({ headers }: IncomingMessage, body: Uint8Array, form: boolean): string | undefined {
  const text = decodeText(body);
  const isForm = form && headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
  if (text === undefined || !isForm) return text;
  return new URLSearchParams(text).get('d') ?? '';
}

/** Gives the whole body, or `undefined` as soon as it is too large; the rest is read and dropped. */
function readBody(request: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    const before = length;
    length += chunk.length;
    if (length <= MAX_BODY) chunks.push(chunk);
    else if (before <= MAX_BODY) done(undefined);
  });
  request.on('end', () => {
    if (length <= MAX_BODY) done(Buffer.concat(chunks));
  });
}
