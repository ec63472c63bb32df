import { byteRange, type Explained, hex, isUtf8, type Part, utf8 } from './part.ts';

const LF = 10;
const CR = 13;
const NUL = 0;
const escapes: Readonly<Record<string, string>> = { '\\c': ':', '\\n': '\n', '\\r': '\r', '\\\\': '\\' };

const commands: Readonly<Record<string, string>> = {
  CONNECT: 'The client opens the session.',
  STOMP: 'The client opens the session; the same as CONNECT.',
  CONNECTED: 'The server has opened the session.',
  SEND: 'The client sends to a destination.',
  SUBSCRIBE: 'The client wants what comes to a destination.',
  UNSUBSCRIBE: 'The client wants no more of a subscription.',
  ACK: 'The client has dealt with a message.',
  NACK: 'The client has not dealt with a message.',
  BEGIN: 'A transaction begins.',
  COMMIT: 'A transaction takes effect.',
  ABORT: 'A transaction is given up.',
  DISCONNECT: 'The client says goodbye.',
  MESSAGE: 'The server brings a message of a subscription.',
  RECEIPT: 'The server has dealt with the frame that asked for this receipt.',
  ERROR: 'The server refuses, and closes the connection.',
};
const headerTexts: Readonly<Record<string, string>> = {
  'accept-version': 'Versions that the client speaks.',
  version: 'The version that both speak from here on.',
  host: 'The virtual host that the client wants.',
  login: 'Who it is: here the name shown in the chat.',
  'heart-beat': 'What I promise and what I want, in milliseconds; 0 is none.',
  destination: 'Where it goes to, or comes from.',
  id: 'The client’s own name for its subscription.',
  subscription: 'The subscription by which it comes: the id of the SUBSCRIBE.',
  'message-id': 'Names this message; it serves to resume.',
  'content-length': 'Bytes of the body (bytes, not characters).',
  'content-type': 'What the body is.',
  receipt: 'Asks for a RECEIPT with this id.',
  'receipt-id': 'The receipt that was asked for.',
  after: 'Goes on behind this position (of Towncrier).',
  ack: 'Of SUBSCRIBE: whether messages are acknowledged; of MESSAGE: what ACK sends back as its id.',
  'prefetch-count': 'Messages that may be on their way and not acknowledged (of Towncrier).',
  transaction: 'The transaction that this is part of.',
  epoch: 'Names the history that positions belong to (of Towncrier).',
  message: 'What went wrong, in short.',
  passcode: 'A password or token; the Lab shows asterisks where the server tells of it.',
  session: 'The server’s name for this session.',
  server: 'Which software answers, and its version.',
  'user-name': 'The name that the session has in the chat (of Towncrier).',
  moderator: 'true: closed rooms are open to this session (of Towncrier).',
  code: 'What went wrong, as one of the documented codes (of Towncrier).',
  event: 'tick or snapshot: which kind of prices it brings (of Towncrier).',
};

/**
 * Takes apart the STOMP 1.2 frame at the start of some bytes: command, headers, empty line, body, NUL; or the line feeds that are
 * heart-beats. Never throws.
 */
export function explainStomp(bytes: Uint8Array): Explained {
  const beats = beatsAt(bytes);
  if (beats > 0) return { parts: [beatPart(beats)], length: beats, missing: 0 };
  const parts: Part[] = [];
  let at = 0;
  let contentLength: number | undefined;
  for (;;) {
    const end = bytes.indexOf(LF, at);
    if (end < 0) return { parts: [...parts, ...cutLine(bytes, at)], length: bytes.length, missing: 1 };
    const line = withoutCr(bytes.subarray(at, end));
    const bits = byteRange(at, end + 1);
    at = end + 1;
    if (parts.length === 0) parts.push(commandPart(line, bits));
    else if (line.length === 0) {
      parts.push({ name: 'empty line', bits, value: '\\n', text: 'Ends the headers.' });
      break;
    } else {
      const part = headerPart(line, bits);
      contentLength ??= lengthIn(line);
      parts.push(part);
    }
  }
  return withBody(bytes, at, parts, contentLength);
}

function withBody(bytes: Uint8Array, at: number, parts: Part[], told: number | undefined): Explained {
  const nul = told === undefined ? bytes.indexOf(NUL, at) : at + told;
  const whole = nul >= 0 && nul < bytes.length;
  const end = whole ? nul : bytes.length;
  if (end > at) parts.push(bodyPart(bytes.subarray(at, end), at, end));
  if (!whole) return { parts, length: bytes.length, missing: told === undefined ? 1 : nul + 1 - bytes.length };
  const ended = bytes[nul] === NUL;
  parts.push({
    name: 'NUL',
    bits: byteRange(nul, nul + 1),
    value: hex(bytes.subarray(nul, nul + 1)),
    text: 'Ends the frame.',
    ...(!ended && { problem: 'no NUL stands where content-length says that the body ends' }),
  });
  return { parts, length: nul + 1, missing: 0 };
}

function beatsAt(bytes: Uint8Array): number {
  let count = 0;
  while (bytes[count] === LF || (bytes[count] === CR && bytes[count + 1] === LF)) count++;
  return count;
}

function beatPart(count: number): Part {
  const text = 'A heart-beat: a line feed outside of any frame says “I am here”.';
  return { name: 'heart-beat', bits: byteRange(0, count), value: '\\n'.repeat(Math.min(count, 8)), text };
}

function cutLine(bytes: Uint8Array, at: number): Part[] {
  const rest = bytes.subarray(at);
  if (rest.length === 0) return [];
  return [{ name: 'cut', bits: byteRange(at, bytes.length), value: utf8(rest), text: 'A line that is not whole yet.' }];
}

function commandPart(line: Uint8Array, bits: Part['bits']): Part {
  const value = utf8(line);
  const text = Object.hasOwn(commands, value) ? commands[value] : undefined;
  return {
    name: 'command',
    bits,
    value,
    text: text ?? 'No command of STOMP.',
    ...(text === undefined && { problem: `${JSON.stringify(value.slice(0, 40))} is no command of STOMP` }),
  };
}

function headerPart(line: Uint8Array, bits: Part['bits']): Part {
  const value = utf8(line);
  const colon = value.indexOf(':');
  if (colon <= 0) {
    const problem = colon < 0 ? 'a header line needs a colon' : 'a header needs a name';
    return { name: 'header', bits, value, text: 'Not a header.', problem };
  }
  const name = value.slice(0, colon);
  const known = Object.hasOwn(headerTexts, name) ? headerTexts[name] : undefined;
  const wrong = /\\(?![crn\\])/.test(value.replaceAll('\\\\', ''));
  const plain = value.slice(colon + 1).replace(/\\[crn\\]/g, (sequence) => escapes[sequence] ?? sequence);
  const escaped = plain === value.slice(colon + 1) ? '' : ` It stands for ${JSON.stringify(plain)}.`;
  return {
    name: 'header',
    bits,
    value,
    text: `${known ?? 'A header of the application.'}${escaped}`,
    ...(wrong && { problem: 'an escape other than \\r \\n \\c \\\\ is an error (STOMP 1.2, "Value Encoding")' }),
  };
}

function lengthIn(line: Uint8Array): number | undefined {
  const match = /^content-length:(\d{1,15})$/.exec(utf8(line));
  return match === null ? undefined : Number(match[1]);
}

function bodyPart(body: Uint8Array, at: number, end: number): Part {
  const text = isUtf8(body) ? utf8(body) : hex(body);
  return { name: 'body', bits: byteRange(at, end), value: hex(body), text };
}

function withoutCr(line: Uint8Array): Uint8Array {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
