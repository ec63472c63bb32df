import type { Start } from '../hub/start.ts';
import type { Stream } from '../hub/stream.ts';
import type { MarketEvent } from './event.ts';

/** One way to follow the market: every tick, or the newest ones of each interval. */
export interface MarketView {
  readonly stream: Stream<MarketEvent>;
  /** The position of who has received all that is in the stream, in the form in which it is sent. */
  readonly id: string;
  /**
   * Where a follower begins. After an id: exactly what follows it, wherever the id was given out. Without one, or with
   * one that is malformed, of another epoch, too old or too far ahead: a snapshot first. Never rejects. Follow at once:
   * the stream moves on.
   */
  start(after: string | undefined): Start<MarketEvent> | Promise<Start<MarketEvent>>;
}
