import { textFrame } from '../websocket/text-frame.ts';
import { arrayFrame } from './frames.ts';
import { quote, quoteForScript } from './quote.ts';

/** How a transport writes what a client reads. Bytes of messages can be written one after the other. */
export interface Form {
  /** Names the form. */
  readonly key: string;
  /** One message: a whole array frame, or where one answer has one frame, an element of its array with a comma after it. */
  message(text: string): Uint8Array;
}

/** A form in which each message is a frame of its own, and a response has many. */
export interface StreamForm extends Form {
  frame(frame: string): Uint8Array;
  /** What a browser must have got before it shows any of the response. */
  readonly prelude: string;
}

function streamForm(key: string, prelude: string, wrap: (frame: string) => string): StreamForm {
  const frame = (text: string): Uint8Array => Buffer.from(wrap(text));
  return { key, prelude, frame, message: (text) => frame(arrayFrame(text)) };
}

/** Frames a line each. Old browsers show nothing of the first 2 KiB of a response. */
export const xhrStreaming = streamForm('sockjs-xhr-streaming', `${'h'.repeat(2_048)}\n`, (frame) => `${frame}\n`);

/** Frames as server-sent events. JSON holds no line feed, so a frame is one line. Opera wants an empty one first. */
export const eventSource = streamForm('sockjs-eventsource', '\r\n', (frame) => `data: ${frame}\r\n\r\n`);

/** Frames as calls in script blocks of one endless page. */
export const htmlFile = streamForm(
  'sockjs-htmlfile',
  '',
  (frame) => `<script>\np(${quoteForScript(frame)});\n</script>\r\n`,
);

/** Frames as text frames of a WebSocket. */
export const webSocket = {
  key: 'sockjs-websocket',
  frame: (text: string): Uint8Array => textFrame(Buffer.from(text)),
  message: (text: string): Uint8Array => textFrame(Buffer.from(arrayFrame(text))),
} as const satisfies Omit<StreamForm, 'prelude'>;

/** Polling: an answer is one frame. */
export const xhrPolling: Form = { key: 'sockjs-xhr', message: (text) => Buffer.from(`${quote(text)},`) };

/** Polling by script tags: the frame is a string in the script. */
export const jsonpPolling: Form = {
  key: 'sockjs-jsonp',
  message: (text) => Buffer.from(`${quoteForScript(quote(text)).slice(1, -1)},`),
};

/** How one answer to a poll is written. */
export interface Answer {
  /** What stands around the elements of an array frame. */
  readonly around: readonly [before: string, after: string];
  frame(frame: string): string;
}

export const xhrAnswer: Answer = { around: ['a[', ']\n'], frame: (frame) => `${frame}\n` };

/** `/ ** /` before the call keeps the answer from being taken for the beginning of something else ("Rosetta Flash"). */
export function jsonpAnswer(callback: string): Answer {
  return {
    around: [`/**/${callback}("a[`, ']");\r\n'],
    frame: (frame) => `/**/${callback}(${quoteForScript(frame)});\r\n`,
  };
}

/** The beginning of the endless page: its scripts call into the page around it. Browsers show it from 1 KiB on. */
export function htmlFilePage(callback: string): string {
  const page = `<!doctype html>
<html><head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
</head><body><h2>Don't panic!</h2>
  <script>
    document.domain = document.domain;
    var c = parent.${callback};
    c.start();
    function p(d) {c.message(d);};
    window.onload = function() {c.stop();};
  </script>`;
  return `${page.padEnd(1_024)}\r\n\r\n`;
}
