import {
  eventSource,
  htmlFile,
  htmlFilePage,
  jsonpAnswer,
  jsonpPolling,
  type StreamForm,
  xhrAnswer,
  xhrPolling,
  xhrStreaming,
} from '../../protocol/sockjs/forms.ts';
import type { Wire } from '../../session/wire.ts';
import type { Exchange } from './answers.ts';
import { PollReceiver } from './poll-receiver.ts';
import type { Receiver } from './receiver.ts';
import type { Sending } from './send.ts';
import { StreamReceiver } from './stream-receiver.ts';
import { wireOf } from './wire.ts';

/** What a receiver is made with. */
export interface ReceiverOptions {
  /** The function of the page that the answer calls; for transports that need one. */
  readonly callback: string;
  /** Bytes of a streaming answer. */
  readonly limit: number;
}

/** A way to receive. */
export interface Receiving {
  readonly method: 'GET' | 'POST';
  readonly wire: Wire;
  readonly type: string;
  readonly needsCallback: boolean;
  receiver(exchange: Exchange, options: ReceiverOptions): Receiver;
}

const SCRIPT = 'application/javascript; charset=UTF-8';

/** The ways to receive, by the last part of their paths (sockjs-protocol 0.3.3). */
export const receivings: Readonly<Record<string, Receiving>> = {
  xhr: {
    method: 'POST',
    wire: wireOf(xhrPolling),
    type: SCRIPT,
    needsCallback: false,
    receiver: (exchange) => new PollReceiver(exchange, xhrAnswer),
  },
  jsonp: {
    method: 'GET',
    wire: wireOf(jsonpPolling),
    type: SCRIPT,
    needsCallback: true,
    receiver: (exchange, { callback }) => new PollReceiver(exchange, jsonpAnswer(callback)),
  },
  xhr_streaming: streaming('POST', SCRIPT, xhrStreaming),
  eventsource: streaming('GET', 'text/event-stream', eventSource),
  htmlfile: {
    ...streaming('GET', 'text/html; charset=UTF-8', htmlFile),
    needsCallback: true,
    receiver: (exchange, { callback, limit }) =>
      new StreamReceiver(exchange, { form: htmlFile, prelude: htmlFilePage(callback), limit }),
  },
};

/** The ways to send. Konqueror wants an answer with something in it. */
export const sendings: Readonly<Record<string, Sending>> = {
  xhr_send: { form: false, status: 204, text: '' },
  jsonp_send: { form: true, status: 200, text: 'ok' },
};

function streaming(method: 'GET' | 'POST', type: string, form: StreamForm): Receiving {
  return {
    method,
    type,
    wire: wireOf(form),
    needsCallback: false,
    receiver: (exchange, { limit }) => new StreamReceiver(exchange, { form, prelude: form.prelude, limit }),
  };
}
