import type { EventSourceLike, StreamEvent } from '../../web/src/connection/price-stream.ts';

/** An EventSource whose other end is the test. */
export class FakeSource implements EventSourceLike {
  onopen: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  closed = false;
  readonly url: string;
  readonly #listeners = new Map<string, (event: StreamEvent) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: StreamEvent) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  emit(type: string, id: string, data: string): void {
    this.#listeners.get(type)?.({ data, lastEventId: id });
  }

  open(): void {
    this.onopen?.(undefined as never); // The event is not read.
  }

  fail(): void {
    this.onerror?.(undefined as never); // The event is not read.
  }
}
