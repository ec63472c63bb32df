import { errorTable } from '../../server/errors.ts';

/** What is answered where nothing is refused. */
const GOOD = [100, 101, 200, 201, 204, 206, 301, 302, 304];
/** Nothing in a request can make these true. */
const NEVER = ['internal', 'store-down', 'store-unknown', 'stopping', 'worker-gone', 'sign-in-down'];
/** What the SockJS protocol answers to broken sends (0.3.3, `XhrPolling`, `JsonPolling`): 500 and these words. */
const SOCKJS =
  /^(?:Payload expected\.|Broken JSON encoding\.|"callback" parameter required|invalid "callback" parameter)$/;

export interface HttpAnswer {
  readonly status: number;
  /** The code of the refusal; `undefined` for an answer that has none. */
  readonly code: string | undefined;
}

/** The answers in what came on a connection. Throws where one is not legal. */
export function httpAnswers(bytes: Buffer): HttpAnswer[] {
  const text = bytes.toString('latin1');
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(({ 1: digits, index }) => {
    const end = text.indexOf('\r\n\r\n', index);
    if (end === -1) throw new Error('the head of an answer does not end');
    const head = text.slice(index, end + 2);
    return answerOf(Number(digits), head, bodyAfter(text, end + 4, head));
  });
}

function bodyAfter(text: string, start: number, head: string): string {
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0);
  return Buffer.from(text.slice(start, start + length), 'latin1').toString();
}

function answerOf(status: number, head: string, body: string): HttpAnswer {
  if (GOOD.includes(status)) return { status, code: undefined };
  if (/\r\ncontent-type: application\/json/i.test(head)) return { status, code: codeOf(status, body) };
  if (status === 500 && !SOCKJS.test(body)) throw new Error(`an answer of 500: ${body.slice(0, 200)}`);
  if (![400, 404, 405, 413, 500].includes(status)) throw new Error(`an answer of ${status} without a code: ${head}`);
  return { status, code: `${status}` };
}

/** The code of an error of ours, as docs/reference/errors.md says. */
function codeOf(status: number, body: string): string {
  // The answer to HEAD has the length of a body, and none; what follows is another answer.
  if (body === '' || body.startsWith('HTTP/')) return `${status}`;
  const { code, message } = JSON.parse(body);
  const known = Object.entries(errorTable).find(([name]) => name === code)?.[1];
  if (known === undefined || typeof message !== 'string') throw new Error(`not an error of ours: ${body}`);
  if (known.status !== status) throw new Error(`${code} is answered with ${status}`);
  if (NEVER.includes(code)) throw new Error(`an answer of ${code}: ${message}`);
  return code;
}
