import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../server/clock.ts';
import type { Tick, TickLogListener, TickRecord } from '../../../server/engines/tick-log.ts';
import { recordingLog } from '../../chat/recording-log.ts';

const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'DOGE-USD', 'ADA-USD', 'AVAX-USD'];

/** Ticks whose sizes count up from `from`, over all symbols in turn. */
export function ticks(from: number, count: number): Tick[] {
  return Array.from({ length: count }, (_, i) => {
    const size = from + i;
    return { symbol: SYMBOLS[size % SYMBOLS.length] ?? '', price: 1.5, size, change: 0, time: 1_000 + size };
  });
}

/** What every engine on Kafka is handed, with a topic of its own. */
export function ownTopic() {
  return { clock: systemClock, log: recordingLog().log, random: Math.random, topic: `test-${randomUUID()}` };
}

/** Keeps what it is handed, and lets a test wait for it. */
export class Reader implements TickLogListener {
  readonly got: TickRecord[] = [];
  /** Each change that it was told. */
  readonly states: boolean[] = [];
  readonly passes: (readonly [partition: number, next: number])[] = [];
  #waiting: (() => void)[] = [];

  records(batch: readonly TickRecord[]): void {
    this.got.push(...batch);
    this.#wake();
  }

  passed(partition: number, next: number): void {
    this.passes.push([partition, next]);
    this.#wake();
  }

  reachable(yes: boolean): void {
    this.states.push(yes);
    this.#wake();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The sizes of each symbol's ticks, in the order in which they came. */
  sizes(): Map<string, number[]> {
    const sizes = new Map<string, number[]>();
    for (const { tick } of this.got) sizes.set(tick.symbol, [...(sizes.get(tick.symbol) ?? []), tick.size]);
    return sizes;
  }

  /** Whether the offsets of every partition are 0, 1, 2, … */
  get isContiguous(): boolean {
    const next = new Map<number, number>();
    return this.got.every(({ partition, offset }) => {
      const expected = next.get(partition) ?? 0;
      next.set(partition, expected + 1);
      return offset === expected;
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
