import { Refusal } from '../errors.ts';
import { type MarketEvent, snapshotJson } from '../market/event.ts';
import type { Market } from '../market/market.ts';
import { formatPosition, parsePosition } from '../market/position.ts';
import type { Topic } from '../session/destinations.ts';

/**
 * `/topic/market`: the ticks over STOMP. The header `event` is `tick` (the body is a tick) or `snapshot` (the body is
 * `{"ticks":[tick…]}`, the newest of every symbol); `message-id` is the position, and `after:<message-id>` goes on from it.
 * What `/stream` answers with a snapshot is one here too, but an `after` that is no position is refused: the sender made it.
 */
export function marketTopic(market: Market): Topic<MarketEvent> {
  return {
    stream: market.ticks.stream,
    message(event) {
      const id = formatPosition(market.epoch, event.vector);
      if (event.kind === 'tick') return { id, headers: [['event', 'tick']], body: event.json };
      if (event.kind === 'batch') return undefined;
      return { id, headers: [['event', 'snapshot']], body: snapshotJson(event.ticks) };
    },
    start(after) {
      if (after !== undefined && parsePosition(after) === undefined)
        throw new Refusal('invalid-parameter', 'The header after must be the message-id of an earlier message.');
      return market.ticks.start(after);
    },
  };
}
