import type { Client } from '../../server/hub/client.ts';
import type { Encoding } from '../../server/hub/encoding.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { Stream } from '../../server/hub/stream.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingSink } from './recording-sink.ts';

/** An event whose text is its number, so that what arrives can be read back. */
export interface Numbered {
  readonly n: number;
  readonly padding?: string;
}

export const numbered = (key = 'text'): Encoding<Numbered> => ({
  key,
  encode: (event) => Buffer.from(`${event.n}${event.padding ?? ''};`),
});

/** The numbers in what a sink got, in order. */
export function numbersOf(sink: RecordingSink): number[] {
  return sink.text
    .split(';')
    .filter((part) => part !== '')
    .map((part) => Number.parseInt(part, 10));
}

export interface World {
  readonly clock: ManualClock;
  readonly hub: Hub;
  connect(): { client: Client; sink: RecordingSink };
}

export function world(): World {
  const clock = new ManualClock();
  const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
  const connect = (): { client: Client; sink: RecordingSink } => {
    const sink = new RecordingSink();
    return { sink, client: hub.connect(sink) };
  };
  return { clock, hub, connect };
}

const SMALL = { count: 8, bytes: 1_000_000, age: 60_000 };

/** A stream whose events 0, 1, 2 … are also in a store, which may be down and may have lost its oldest. */
export class StoredStream {
  readonly stream: Stream<Numbered>;
  /** All events ever appended; their index is their position. */
  readonly stored: Numbered[] = [];
  down = false;
  oldest = 0;
  reads = 0;

  constructor(hub: Hub, bounds = SMALL) {
    this.stream = hub.stream<Numbered>({
      name: 'stored',
      epoch: 'e',
      bounds,
      size: (event) => 10 + (event.padding?.length ?? 0),
      overflow: {
        policy: 'complete',
        read: async (from, limit) => {
          this.reads++;
          if (this.down) throw new Error('down');
          const first = Math.max(from, this.oldest);
          return { first, events: this.stored.slice(first, from + limit), notice: { n: -1 } };
        },
      },
    });
  }

  append(padding?: string): void {
    const event = padding === undefined ? { n: this.stored.length } : { n: this.stored.length, padding };
    this.stored.push(event);
    this.stream.append(event);
  }
}

/** A stream of which only the newest state matters. */
export class StateStream {
  readonly stream: Stream<Numbered>;
  state = -1;

  constructor(hub: Hub, count = 4) {
    this.stream = hub.stream<Numbered>({
      name: 'state',
      epoch: 'e',
      bounds: { count, bytes: 1_000_000, age: 60_000 },
      size: () => 10,
      overflow: { policy: 'latest', snapshot: () => (this.state < 0 ? undefined : { n: this.state }) },
    });
  }

  append(): void {
    this.state++;
    this.stream.append({ n: this.state });
  }
}

/** Lets promises that are ready settle, and what they asked to run soon. */
export async function settle(clock: ManualClock): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await Promise.resolve();
    clock.run();
  }
}
