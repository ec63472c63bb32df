import { byteRange, type Explained, type Part, utf8 } from './part.ts';

/** How a SockJS frame is wrapped on its way to the client. */
export type SockJsTransport = 'websocket' | 'xhr' | 'xhr-streaming' | 'eventsource' | 'htmlfile' | 'jsonp';

/** An envelope taken apart; `messages` are those that it carries. */
export interface ExplainedEnvelope extends Explained {
  readonly messages: readonly string[];
}

const PRELUDE = 2_048;

/** What stands around a frame, and how the frame is written between. `json`: as a JavaScript string. */
const wrappings: Readonly<Record<SockJsTransport, { readonly pattern: RegExp; readonly json: boolean }>> = {
  websocket: { pattern: /^()([\s\S]*)()$/, json: false },
  xhr: { pattern: /^()([^\n]*)(\n)/, json: false },
  'xhr-streaming': { pattern: /^()([^\n]*)(\n)/, json: false },
  eventsource: { pattern: /^((?:\r\n)*data: )([^\r\n]*)(\r\n\r\n)/, json: false },
  htmlfile: { pattern: /^(<script>\np\()("[^\n]*")(\);\n<\/script>\r\n)/, json: true },
  jsonp: { pattern: /^(\/\*\*\/[\w.$]+\()("[^\n]*")(\);\r\n)/, json: true },
};

/** Takes apart the envelope that a server sent, at the start of some bytes (SockJS protocol 0.3.3). Never throws. */
export function explainEnvelope(bytes: Uint8Array, transport: SockJsTransport): ExplainedEnvelope {
  const text = utf8(bytes);
  if (transport === 'xhr-streaming' && isPrelude(text)) {
    const why = 'A prelude: some browsers show nothing before 2 KB have come.';
    return one('prelude', text.slice(0, PRELUDE + 1), 'hhh…', why);
  }
  const { pattern, json } = wrappings[transport];
  const match = pattern.exec(text);
  if (match === null) return { parts: [], length: 0, missing: 1, messages: [] };
  const [, before = '', inner = '', behind = ''] = match;
  const parts: Part[] = [];
  let at = 0;
  const add = (part: Omit<Part, 'bits'>, source: string): void => {
    const size = byteLength(source);
    if (size > 0) parts.push({ ...part, bits: byteRange(at, at + size) });
    at += size;
  };
  add({ name: 'envelope', value: JSON.stringify(before).slice(1, -1), text: openings[transport] }, before);
  const frame = json ? parsed(inner) : inner;
  const { messages, ...meaning } = frameMeaning(typeof frame === 'string' ? frame : inner);
  add({ ...meaning, value: inner }, inner);
  add({ name: 'envelope', value: JSON.stringify(behind).slice(1, -1), text: 'Ends the envelope.' }, behind);
  return { parts, length: at, missing: 0, messages };
}

/** Takes apart what a client sends: a JSON array of strings, over `jsonp_send` as a form (`d=…`). Never throws. */
export function explainSent(bytes: Uint8Array): ExplainedEnvelope {
  const text = utf8(bytes);
  const form = text.startsWith('d=');
  const array = parsed(form ? decoded(text.slice(2)) : text);
  const messages = strings(array);
  const what = form ? 'A form: d is a JSON array of messages, percent-encoded.' : 'A JSON array of messages.';
  const explained = one('messages', text, text, what, messages ?? []);
  if (messages !== undefined) return explained;
  const problem = 'a SockJS client sends a JSON array of strings';
  return { ...explained, parts: explained.parts.map((part) => ({ ...part, problem })) };
}

const openings: Readonly<Record<SockJsTransport, string>> = {
  websocket: 'The frame is a WebSocket message by itself.',
  xhr: 'The frame is the whole answer: the client asks again.',
  'xhr-streaming': 'The frame is one line of an endless answer.',
  eventsource: 'The frame is the data of a Server-Sent Event.',
  htmlfile: 'A script in an endless page of a hidden iframe calls p.',
  jsonp: 'The answer is a script that calls the client’s function.',
};

type Meaning = Omit<Part, 'bits' | 'value'> & { readonly messages: readonly string[] };

function frameMeaning(frame: string): Meaning {
  const kind = frame[0];
  const rest = frame.slice(1);
  if (frame === 'o') return { name: 'o', text: 'Open: the session begins.', messages: [] };
  if (frame === 'h') return { name: 'h', text: 'Heart-beat: the session lives.', messages: [] };
  if (kind === 'a') return arrayMeaning(strings(parsed(rest)));
  if (kind === 'm') return { name: 'm', text: 'One message.', messages: strings([parsed(rest)]) ?? [] };
  if (kind === 'c') return closeMeaning(parsed(rest));
  const problem = 'a SockJS frame begins with o, h, a, m or c';
  return { name: 'frame', text: 'No frame of SockJS.', messages: [], problem };
}

function arrayMeaning(messages: readonly string[] | undefined): Meaning {
  if (messages === undefined) {
    return { name: 'a', text: 'An array of messages.', messages: [], problem: 'a JSON array of strings must follow a' };
  }
  return { name: 'a', text: `An array of messages: ${messages.length}.`, messages };
}

function closeMeaning(value: unknown): Meaning {
  const right = Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string';
  if (!right) return { name: 'c', text: 'Close.', messages: [], problem: 'a code and a reason must follow c' };
  return { name: 'c', text: `Close: ${value[0]}, ${value[1]}.`, messages: [] };
}

function one(
  name: string,
  source: string,
  value: string,
  text: string,
  messages: readonly string[] = [],
): ExplainedEnvelope {
  const length = byteLength(source);
  return { parts: [{ name, bits: byteRange(0, length), value, text }], length, missing: 0, messages };
}

function isPrelude(text: string): boolean {
  return text.length > PRELUDE && text.startsWith('h'.repeat(PRELUDE)) && text[PRELUDE] === '\n';
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
