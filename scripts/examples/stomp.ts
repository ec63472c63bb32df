import { eventSource, htmlFile, jsonpAnswer, xhrAnswer } from '../../server/protocol/sockjs/forms.ts';
import { arrayFrame } from '../../server/protocol/sockjs/frames.ts';
import type { Frame } from '../../server/protocol/stomp/frame.ts';
import { serializeFrame } from '../../server/protocol/stomp/serialize.ts';
import { textFrame } from '../../server/protocol/websocket/text-frame.ts';
import { shifted } from '../../web/src/lab/model/part.ts';
import { explainStomp } from '../../web/src/lab/model/stomp-frame.ts';
import { explainFrame } from '../../web/src/lab/model/websocket-frame.ts';
import { partLines, shownLine, shownStomp } from './show.ts';

const ID = '6f1f0c1e-6a0b-4c5d-9d3e-2b8f6a1c7e90';

/** A conversation over STOMP; a test holds it with a real server. */
export const conversation = {
  connect: client('CONNECT', [
    ['accept-version', '1.2'],
    ['host', 'localhost'],
    ['login', 'Ann'],
    ['heart-beat', '10000,20000'],
  ]),
  subscribe: client('SUBSCRIBE', [
    ['id', 'sub-0'],
    ['destination', '/topic/chat'],
    ['after', '0'],
  ]),
  send: client(
    'SEND',
    [
      ['destination', '/app/chat'],
      ['content-type', 'application/json'],
      ['receipt', 'r-1'],
    ],
    `{"id":"${ID}","content":"Grüße"}`,
  ),
} as const;

/** What the server says in it; session, epoch, version and time differ each time. */
export const answers = {
  connected: serializeFrame(
    'CONNECTED',
    [
      ['version', '1.2'],
      ['session', 'SESSION'],
      ['server', 'towncrier/VERSION'],
      ['heart-beat', '10000,20000'],
      ['epoch', 'EPOCH'],
      ['user-name', 'Ann'],
    ],
    undefined,
    '1.2',
  ),
  receipt: serializeFrame('RECEIPT', [['receipt-id', 'r-1']], undefined, '1.2'),
  message: message(`{"kind":"message","seq":1,"id":"${ID}","sender":"Ann","content":"Grüße","time":1735689600000}`),
} as const;

/** STOMP, alone and inside of WebSocket and SockJS, as the pages show it. */
export function stompExamples(): [id: string, text: string][] {
  const short = serializeFrame('RECEIPT', [['receipt-id', 'r-1']], undefined, '1.2');
  const framed = textFrame(short);
  const outer = explainFrame(framed, { from: 'server' }).parts;
  const text = answers.receipt.toString();
  const frame = arrayFrame(text);
  const shown = Object.entries({ ...conversation, ...answers }).map(([name, bytes]): [string, string] => [
    `stomp-${name}`,
    shownStomp(bytes),
  ]);
  return [
    ...shown,
    ['stomp-in-websocket', partLines([...outer, ...shifted(explainStomp(short).parts, 2)])],
    ['sockjs-websocket', shownLine(frame)],
    ['sockjs-xhr', shownLine(xhrAnswer.frame(frame))],
    ['sockjs-eventsource', shownLine(eventSource.frame(frame))],
    ['sockjs-htmlfile', shownLine(htmlFile.frame(frame))],
    ['sockjs-jsonp', shownLine(jsonpAnswer('callback').frame(frame))],
  ];
}

function client(command: string, headers: Frame['headers'], body = ''): Buffer {
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  return Buffer.from(`${command}\n${lines}\n${body}\0`);
}

function message(json: string): Buffer {
  const body = Buffer.from(json);
  const headers = 'subscription:sub-0\nmessage-id:global-1\ndestination:/topic/chat\ncontent-type:application/json\n';
  return Buffer.concat([Buffer.from(`MESSAGE\n${headers}content-length:${body.length}\n\n`), body, Buffer.alloc(1)]);
}
