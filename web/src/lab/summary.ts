import type { Entry } from './entry.ts';
import { sizeOf } from './frame-log.ts';
import { utf8 } from './model/part.ts';
import { explainFrame } from './model/websocket-frame.ts';

/** What the list shows of an entry. */
export interface Summary {
  /** In a word: `CONNECT`, `market-tick`, `ping`, `101`. */
  readonly kind: string;
  readonly text: string;
  readonly size: number;
}

/** Characters of a payload that are looked at for a summary. */
const LOOKED_AT = 600;
const SHOWN = 160;
const CONTROL: Readonly<Record<number, string>> = { 0: 'continuation', 8: 'close', 9: 'ping', 10: 'pong' };

/** An entry in one line. */
export function summaryOf({ content, from }: Entry): Summary {
  const size = sizeOf(content);
  switch (content.kind) {
    case 'note':
      return { kind: 'note', text: content.text, size };
    case 'event':
      return { kind: content.type, text: oneLine(content.data), size };
    case 'message':
      return { ...payload(content.data), size };
    case 'envelope':
      return { ...envelope(content.data), size };
    case 'head':
      return { kind: 'HTTP head', text: utf8(content.bytes.subarray(0, LOOKED_AT)).split('\r\n', 1)[0] ?? '', size };
    case 'chunk':
      if (content.gzip)
        return {
          kind: 'gzip chunk',
          text: 'a block of deflate: open it to inflate it',
          size,
        };
      return { ...chunk(utf8(content.bytes.subarray(0, LOOKED_AT))), size };
    case 'frame': {
      const { deflate } = content;
      const frame = explainFrame(content.bytes, { from: from === 'client' ? 'client' : 'server', deflate });
      const control = CONTROL[frame.opcode];
      if (control !== undefined) return { kind: control, text: oneLine(utf8(frame.payload)), size };
      const compressed = ((content.bytes[0] ?? 0) & 0x40) !== 0;
      if (compressed) return { kind: 'compressed', text: 'permessage-deflate: open it to see what is inside', size };
      return { ...payload(frame.payload), size };
    }
  }
}

function payload(data: string | Uint8Array): Omit<Summary, 'size'> {
  const text = typeof data === 'string' ? data.slice(0, LOOKED_AT) : utf8(data.subarray(0, LOOKED_AT));
  if (/^[\r\n]+$/.test(text)) return { kind: 'heart-beat', text: 'a line feed' };
  const lines = text.replace(/^[\r\n]+/, '').split(/\r?\n/);
  const [command = ''] = lines;
  if (!/^[A-Z]{3,12}$/.test(command)) return { kind: 'data', text: oneLine(text) };
  const empty = lines.indexOf('');
  const headers = lines.slice(1, empty < 0 ? undefined : empty);
  const chosen = ['destination', 'receipt-id', 'message', 'version', 'login', 'id', 'accept-version']
    .map((name) => headers.find((line) => line.startsWith(`${name}:`)))
    .find((line) => line !== undefined);
  const body = empty < 0 ? '' : lines.slice(empty + 1).join(' ');
  return { kind: command, text: oneLine(`${chosen ?? ''} ${body}`) };
}

/** What SockJS carries, by its first message; of its own frames the letter. */
function envelope(data: string): Omit<Summary, 'size'> {
  const letter = data[0] ?? '';
  if (letter === 'o') return { kind: 'open', text: 'o: the session begins' };
  if (data === 'h') return { kind: 'heart-beat', text: 'h' };
  if (letter === 'h')
    return { kind: 'prelude', text: `${data.length} times h, for browsers that hold back the first 2 KB` };
  const [first, ...more] = messagesOf(letter === '[' ? data : data.slice(1));
  if (letter === 'c') return { kind: 'close', text: oneLine(data) };
  if (first === undefined) return { kind: 'data', text: oneLine(data) };
  const inner = payload(first);
  return more.length === 0 ? inner : { ...inner, text: `${inner.text} (and ${more.length} more in its array)` };
}

function messagesOf(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

function chunk(text: string): Omit<Summary, 'size'> {
  const type = /^event: ?(.*)$/m.exec(text)?.[1];
  const data = /^data: ?(.*)$/m.exec(text)?.[1] ?? '';
  if (type !== undefined) return { kind: type.trim(), text: oneLine(data) };
  return { kind: 'chunk', text: oneLine(text.replace(/^[\da-f]+\r\n/i, '')) };
}

function oneLine(text: string): string {
  return text.replaceAll('\u0000', '').replaceAll(/\s+/g, ' ').trim().slice(0, SHOWN);
}
