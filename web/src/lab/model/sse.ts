import { byteRange, type Explained, hex, type Part, utf8 } from './part.ts';

const LF = 10;

/** A chunk taken apart; `data` is what it carries. */
export interface ExplainedChunk extends Explained {
  readonly data: Uint8Array;
  /** Whether it is the last one, which has no data. */
  readonly last: boolean;
}

/** Takes apart the chunk at the start of some bytes (RFC 9112, section 7.1). Never throws. */
export function explainChunk(bytes: Uint8Array): ExplainedChunk {
  const none = { data: bytes.subarray(0, 0), last: false };
  const end = bytes.indexOf(LF);
  if (end < 0) return { ...none, parts: [], length: 0, missing: 1 };
  const line = utf8(bytes.subarray(0, end)).replace(/\r$/, '');
  const digits = /^[0-9a-f]{1,8}(?=;|$)/i.exec(line)?.[0];
  const bits = byteRange(0, end + 1);
  if (digits === undefined) {
    const problem = 'a chunk begins with its length in hexadecimal (RFC 9112, 7.1)';
    return {
      ...none,
      parts: [{ name: 'size', bits, value: line, text: 'No length.', problem }],
      length: end + 1,
      missing: 0,
    };
  }
  const size = Number.parseInt(digits, 16);
  const begin = end + 1;
  const data = bytes.subarray(begin, begin + size);
  const parts: Part[] = [{ name: 'size', bits, value: line, text: sizeText(size) }];
  if (data.length > 0) {
    parts.push({ name: 'data', bits: byteRange(begin, begin + data.length), value: hex(data), text: utf8(data) });
  }
  const tail = bytes.subarray(begin + size, begin + size + 2);
  const missing = begin + size + 2 - bytes.length;
  if (tail.length === 2) parts.push(tailPart(tail, begin + size));
  return { parts, data, last: size === 0, length: begin + data.length + tail.length, missing: Math.max(0, missing) };
}

function sizeText(size: number): string {
  return size === 0 ? 'Length 0: the body ends here.' : `${size} bytes follow; the length is hexadecimal.`;
}

function tailPart(tail: Uint8Array, at: number): Part {
  const right = tail[0] === 13 && tail[1] === LF;
  return {
    name: 'CR LF',
    bits: byteRange(at, at + 2),
    value: hex(tail),
    text: 'Ends the chunk; not counted in its length.',
    ...(!right && { problem: 'CR LF must follow the data of a chunk (RFC 9112, 7.1)' }),
  };
}

const fields: Readonly<Record<string, string>> = {
  data: 'A line of the event’s data.',
  event: 'The type: addEventListener of this name hears it. Without it: message.',
  id: 'The browser gives it back as Last-Event-ID when it connects again.',
  retry: 'How long to wait before connecting again, in milliseconds.',
};

/**
 * Takes apart one block of an event stream, up to and with its empty line (HTML Living Standard, 9.2.6): fields, comments, and
 * the empty line by which the browser dispatches the event. Never throws.
 */
export function explainEvent(bytes: Uint8Array): Explained {
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(LF, at);
    if (end < 0) return { parts, length: at, missing: 1 };
    const line = utf8(bytes.subarray(at, end)).replace(/\r$/, '');
    const bits = byteRange(at, end + 1);
    at = end + 1;
    parts.push(line === '' ? emptyLine(bits, parts) : fieldPart(line, bits));
    if (line === '') return { parts, length: at, missing: 0 };
  }
}

function emptyLine(bits: Part['bits'], before: readonly Part[]): Part {
  const dispatched = before.some(({ name }) => name === 'data');
  const text = dispatched
    ? 'The event is whole: the page gets it.'
    : 'A block without data is no event: the page gets nothing.';
  return { name: 'empty line', bits, value: '\\n', text };
}

function fieldPart(line: string, bits: Part['bits']): Part {
  if (line.startsWith(':'))
    return { name: 'comment', bits, value: line, text: 'A comment: it only keeps the connection alive.' };
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return {
    name: known === undefined ? 'unknown field' : name,
    bits,
    value: line,
    text: known ?? 'The browser ignores it.',
  };
}
