import type { IncomingMessage } from 'node:http';
import { decodeMessages, decodeText } from '../../protocol/sockjs/messages.ts';
import { answerText, type Exchange } from './answers.ts';
import type { SockJsSession } from './session.ts';

/** The largest body of a send, in bytes: that of a WebSocket message. */
export const MAX_BODY = 131_072;
/** Pieces of a body that are kept apart. Each costs some hundred bytes, however small it is: more of them are put together. */
const MOST_PIECES = 256;

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
      answerText(exchange, 413, `The body is larger than ${MAX_BODY} bytes.`);
      return;
    }
    const text = payloadOf(request, body, sending.form);
    if (text === '') {
      answerText(exchange, 500, 'Payload expected.');
      return;
    }
    const bytes = text === undefined ? undefined : decodeMessages(text);
    if (bytes === undefined) answerText(exchange, 500, 'Broken JSON encoding.');
    else session.receive(bytes, () => answerText(exchange, sending.status, sending.text));
  });
}

/** The JSON in a body; `undefined` for what is no UTF-8. */
function payloadOf({ headers }: IncomingMessage, body: Uint8Array, form: boolean): string | undefined {
  const isForm = form && headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
  const text = decodeText(body);
  return text !== undefined && isForm ? fieldOf(text) : text;
}

/**
 * The field `d` of a form (URL Standard, section 5.1); `undefined` for what is no UTF-8, of which `URLSearchParams` makes something
 * else. A percent sign that escapes nothing stands for itself.
 */
function fieldOf(body: string): string | undefined {
  const field = body.split('&').find((each) => each.startsWith('d='));
  const escaped = field?.slice('d='.length).replaceAll('+', ' ') ?? '';
  try {
    return decodeURIComponent(escaped.replaceAll(/%(?![\dA-F]{2})/gi, '%25'));
  } catch {
    return undefined;
  }
}

/** Gives the whole body, or `undefined` as soon as it is too large; the rest is read and dropped. */
function readBody(request: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  let pieces: Buffer[] = [];
  let length = 0;
  request.on('data', (piece: Buffer) => {
    if (length > MAX_BODY) return;
    length += piece.length;
    if (length > MAX_BODY) {
      pieces = [];
      done(undefined);
      return;
    }
    pieces.push(piece);
    if (pieces.length > MOST_PIECES) pieces = [Buffer.concat(pieces)];
  });
  request.on('end', () => {
    if (length > MAX_BODY) return;
    const body = Buffer.concat(pieces);
    // The request may wait for its answer.
    pieces = [];
    done(body);
  });
}
