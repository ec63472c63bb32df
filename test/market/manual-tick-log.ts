import type { Offsets, Tick, TickLog, TickLogListener, TickRecord } from '../../server/engines/tick-log.ts';

/** The records that several instances read, each through a `ManualTickLog` of its own. */
export class SharedPartitions {
  readonly records: readonly TickRecord[][];
  readonly next: number[];
  /** The oldest offset that can still be read, of each partition. */
  readonly first: number[];

  constructor(partitions = 3) {
    this.records = Array.from({ length: partitions }, () => []);
    this.first = new Array(partitions).fill(0);
    this.next = new Array(partitions).fill(0);
  }

  add(partition: number, tick: Tick): void {
    this.records[partition]?.push({ partition, offset: this.#take(partition), tick });
  }

  /** A record that is no tick: its offset stays unused. */
  addStrange(partition: number): void {
    this.#take(partition);
  }

  between(partition: number, from: number, to: number): TickRecord[] {
    return (this.records[partition] ?? []).filter(({ offset }) => offset >= from && offset < to);
  }

  #take(partition: number): number {
    const offset = this.next[partition] ?? 0;
    this.next[partition] = offset + 1;
    return offset;
  }
}

/** A tick log that hands records over when the test says so, from the partition it says. */
export class ManualTickLog implements TickLog {
  readonly shared: SharedPartitions;
  /** What `append` does; a test may have it refuse. */
  appending: (ticks: readonly Tick[]) => Promise<void> = async () => undefined;
  /** Reads never end while it is set. */
  stuck = false;
  broken = false;
  reads = 0;
  /** Runs before a read is answered. */
  onRead: () => void = () => undefined;
  listener: TickLogListener | undefined;
  readonly #next: number[];

  constructor(shared = new SharedPartitions()) {
    this.shared = shared;
    this.#next = [...shared.first];
  }

  async open(): Promise<{ partitions: number; epoch: string }> {
    return { partitions: this.shared.records.length, epoch: 'log' };
  }

  append(ticks: readonly Tick[]): Promise<void> {
    return this.appending(ticks);
  }

  async bounds(): Promise<{ first: Offsets; next: Offsets }> {
    return { first: [...this.shared.first], next: [...this.shared.next] };
  }

  follow(_from: Offsets, listener: TickLogListener): void {
    this.listener = listener;
    listener.reachable(true);
  }

  /** Hands over what lies at the next offsets of a partition, at most `count` of them; returns how many there were. */
  deliver(partition: number, count = 1): number {
    const from = this.#next[partition] ?? 0;
    const to = Math.min(from + count, this.shared.next[partition] ?? 0);
    this.#next[partition] = to;
    const batch = this.shared.between(partition, from, to);
    if (batch.length > 0) this.listener?.records(batch);
    if (to > (batch.at(-1)?.offset ?? from - 1) + 1) this.listener?.passed?.(partition, to);
    return to - from;
  }

  deliverAll(): void {
    for (let partition = 0; partition < this.shared.records.length; partition++) {
      this.deliver(partition, Number.POSITIVE_INFINITY);
    }
  }

  async read(partition: number, from: number, to: number): Promise<TickRecord[]> {
    this.reads++;
    this.onRead();
    if (this.broken) throw new Error('cannot be read');
    if (this.stuck) return await new Promise(() => undefined);
    return this.shared.between(partition, Math.max(from, this.shared.first[partition] ?? 0), to);
  }

  async close(): Promise<void> {}
}
