import type { Tick } from '../../server/engines/tick-log.ts';
import type { Client } from '../../server/hub/client.ts';
import type { Cursor } from '../../server/hub/cursor.ts';
import type { Encoding } from '../../server/hub/encoding.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { LogBounds } from '../../server/hub/log.ts';
import type { MarketEvent, TickEvent } from '../../server/market/event.ts';
import { createMarket, type Market } from '../../server/market/market.ts';
import { formatPosition } from '../../server/market/position.ts';
import type { MarketView } from '../../server/market/view.ts';
import { recordingLog } from '../chat/recording-log.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';
import type { ManualTickLog } from './manual-tick-log.ts';

export const START = 1_700_000_000_000;

/** A tick whose size numbers it. */
export function tick(symbol: string, size: number, time = START + size): Tick {
  return { symbol, price: 100 + size, size, change: 0, time };
}

/** What a receiver keeps of a tick. */
export interface Seen {
  readonly kind: MarketEvent['kind'];
  readonly id: string;
  /** `partition:offset` of each tick. */
  readonly ticks: readonly string[];
}

const nameOf = ({ partition, offset }: TickEvent): string => `${partition}:${offset}`;

/** One line of JSON an event, with all that a test wants to know of it. */
function lines(epoch: string): Encoding<MarketEvent> {
  return {
    key: 'lines',
    encode(event) {
      const ticks = event.kind === 'tick' ? [event] : event.ticks;
      const seen: Seen = { kind: event.kind, id: formatPosition(epoch, event.vector), ticks: ticks.map(nameOf) };
      return Buffer.from(`${JSON.stringify(seen)}\n`);
    },
  };
}

/** Someone who follows a view of a market. */
export class Receiver {
  readonly sink = new RecordingSink();
  readonly client: Client;
  readonly cursor: Cursor<MarketEvent>;

  private constructor(hub: Hub, view: MarketView, epoch: string, start: Parameters<Client['follow']>[2]) {
    this.client = hub.connect(this.sink);
    // biome-ignore lint/suspicious/noExplicitAny: the start comes from the view itself.
    this.cursor = this.client.follow(view.stream, lines(epoch), start as any);
  }

  static async follow(instance: Instance, after?: string, view: MarketView = instance.market.ticks): Promise<Receiver> {
    return new Receiver(instance.hub, view, instance.market.epoch, await view.start(after));
  }

  get seen(): Seen[] {
    return this.sink.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** `partition:offset` of all ticks. */
  get ticks(): string[] {
    return this.seen.flatMap(({ ticks }) => ticks);
  }

  get lastId(): string | undefined {
    return this.seen.at(-1)?.id;
  }
}

/** One server: a hub, and a market that reads a log. */
export interface Instance {
  readonly hub: Hub;
  readonly log: ManualTickLog;
  readonly market: Market;
}

export async function instance(clock: ManualClock, log: ManualTickLog, bounds?: LogBounds): Promise<Instance> {
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const options = { log, hub, clock, logger: recordingLog().log };
  const market = await createMarket(bounds === undefined ? options : { ...options, bounds });
  return { hub, log, market };
}
