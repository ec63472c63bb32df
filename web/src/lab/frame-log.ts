import type { Connection, Content, Entry, Sender } from './entry.ts';

/** How many entries are kept. */
export const MOST_ENTRIES = 1_000;
/** Bytes and characters that all entries hold together at most; the oldest go first. */
const MOST_SIZE = 4_194_304;

/** The newest entries, bounded by count and by size. Who shows them asks to be told of changes. */
export class FrameLog {
  readonly #now: () => number;
  #entries: Entry[] = [];
  #size = 0;
  #counter = 0;
  #paused = false;
  #missed = 0;
  /** Called after each change, as often as there are some. */
  changed: (() => void) | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Oldest first. It is another list after each change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** How many came while it paused, and were not kept. */
  get missed(): number {
    return this.#missed;
  }

  add(connection: Connection, from: Sender, content: Content, at: number = this.#now()): void {
    if (this.#paused) this.#missed++;
    else {
      const entry: Entry = { n: ++this.#counter, at, from, connection, content };
      this.#entries.push(entry);
      this.#size += sizeOf(content);
      this.#bound();
    }
    this.changed?.();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#missed = 0;
    this.changed?.();
  }

  clear(): void {
    this.#entries = [];
    this.#size = 0;
    this.#missed = 0;
    this.changed?.();
  }

  /** Drops the oldest in lots, so that a full log does not move its whole list for each entry. */
  #bound(): void {
    if (this.#entries.length <= MOST_ENTRIES + 100 && this.#size <= MOST_SIZE) return;
    let from = Math.max(0, this.#entries.length - MOST_ENTRIES);
    for (const { content } of this.#entries.slice(0, from)) this.#size -= sizeOf(content);
    while (this.#size > MOST_SIZE && from < this.#entries.length - 1) {
      const { content } = this.#entries[from++] as Entry; // The index is below the length.
      this.#size -= sizeOf(content);
    }
    this.#entries = this.#entries.slice(from);
  }
}

/** Bytes of an entry, as near as they are known without making anything. */
export function sizeOf(content: Content): number {
  switch (content.kind) {
    case 'head':
    case 'frame':
    case 'chunk':
      return content.bytes.length;
    case 'message':
    case 'envelope':
      return content.data.length;
    case 'event':
      return content.data.length + content.type.length + content.id.length;
    case 'note':
      return 0;
  }
}
