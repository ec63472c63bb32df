import { encodeComment, encodeEvent, encodeRetry } from '../../server/protocol/sse/event.ts';
import { chunked } from '../../server/protocol/sse/framing.ts';
import { explainChunk, explainEvent } from '../../web/src/lab/model/sse.ts';
import { hexLines, partLines, shownLine } from './show.ts';

const tick = '{"symbol":"BTC-USD","price":64250.5,"size":0.012,"change":1.25,"time":1735689600000}';
const event = encodeEvent({ id: 'e1:17,4,9', event: 'market-tick', data: Buffer.from(tick) });

/** Server-Sent Events, as the pages show them. */
export function sseExamples(): [id: string, text: string][] {
  const small = chunked.frame(encodeRetry(1_000));
  return [
    ['sse-request', ['GET /stream HTTP/1.1', 'Host: localhost:8080', 'Accept: text/event-stream'].join('\n')],
    ['sse-event', Buffer.from(event).toString().trimEnd()],
    ['sse-event-parts', partLines(explainEvent(event).parts)],
    ['sse-chunk', hexLines(small)],
    ['sse-chunk-parts', partLines(explainChunk(small).parts)],
    ['sse-comment', shownLine(encodeComment('e1:17,4,9'))],
  ];
}
