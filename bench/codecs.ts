import { deflatedBlock } from '../server/protocol/deflate.ts';
import { encodeEvent } from '../server/protocol/sse/event.ts';
import { chunked } from '../server/protocol/sse/framing.ts';
import { FrameParser } from '../server/protocol/stomp/parser.ts';
import { joinFrame } from '../server/protocol/stomp/serialize.ts';
import { textFrame } from '../server/protocol/websocket/text-frame.ts';
import { benchMessage } from './servers/publisher.ts';
import { timed } from './timing.ts';

const CALLS = 20_000;

/** What it takes to make or read one frame, in nanoseconds; each event is encoded once, whatever the number of clients. */
export function codecs(): readonly (readonly [what: string, nanoseconds: number])[] {
  const json = Buffer.from(benchMessage(1));
  const head =
    'MESSAGE\nsubscription:sub-0\nmessage-id:global-1\ndestination:/topic/chat\ncontent-type:application/json\n\n';
  const send = Buffer.from(`SEND\ndestination:/app/chat\nreceipt:r-1\ncontent-type:application/json\n\n${json}\0`);
  const parser = new FrameParser({ frameBytes: 65_536, headers: 100 });
  const block = Buffer.from(Array.from({ length: 60 }, (_, i) => benchMessage(i)).join('\n\n'));
  return [
    [
      'STOMP: a SEND of 220 bytes parsed',
      timed(CALLS, () => {
        parser.push(send);
        return parser.read();
      }),
    ],
    ['STOMP: a MESSAGE as a WebSocket frame', timed(CALLS, () => textFrame(joinFrame(head, json)))],
    [
      'SSE: an event as an HTTP chunk',
      timed(CALLS, () => chunked.frame(encodeEvent({ id: 'e:1,2,3', event: 'market-tick', data: json }))),
    ],
    [
      `deflate: ${Math.round(block.length / 1024)} KB of events as one block, for each event of it`,
      timed(200, () => deflatedBlock(block)) / 60,
    ],
  ];
}
