import type { Clock, Timer } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Attributes, Span, Tracer } from '../tracer.ts';
import { type EndedSpan, otlpTraces } from './otlp.ts';

export interface OtlpTracerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** A new UUID, from real randomness. */
  readonly newId: () => string;
  /** The collector's URL; `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Traces that may begin in a second; those above are not told of. */
  readonly perSecond: number;
  /** What is said of this instance. */
  readonly resource: Attributes;
}

/** How often what is done is sent, in milliseconds, and how long the collector may take. */
const EVERY = 1_000;
const PATIENCE = 5_000;
/** Steps that wait to be sent at most; those above are lost. */
const MOST_WAITING = 4_096;
const BATCH = 512;

/** Sends traces to a collector by OTLP over HTTP. One that does not answer costs the server nothing but the traces. */
export class OtlpTracer implements Tracer {
  readonly #options: OtlpTracerOptions;
  /** What makes the time of day of the monotonic clock. */
  readonly #epoch: number;
  readonly #timer: Timer;
  #ended: EndedSpan[] = [];
  #begun = 0;
  #sending: Promise<void> | undefined;
  #told = false;

  constructor(options: OtlpTracerOptions) {
    const { clock } = options;
    this.#options = options;
    this.#epoch = clock.now() - clock.monotonic();
    this.#timer = clock.every(EVERY, () => {
      this.#begun = 0;
      this.#send();
    });
  }

  begin(name: string, attributes: Attributes = {}): Span | undefined {
    if (this.#begun >= this.#options.perSecond) return undefined;
    this.#begun++;
    return this.#span(this.#hex(32), undefined, name, attributes);
  }

  follow(name: string, context: string, attributes: Attributes = {}): Span {
    const [, traceId = '', parent] = context.split('-');
    return this.#span(traceId, parent, name, attributes);
  }

  /** Sends what is left; resolves when that is done, or in vain. */
  async close(): Promise<void> {
    this.#timer.cancel();
    await this.#sending;
    this.#send();
    await this.#sending;
  }

  #span(traceId: string, parentSpanId: string | undefined, name: string, first: Attributes): Span {
    const spanId = this.#hex(16);
    const start = this.#now();
    return {
      context: `00-${traceId}-${spanId}-01`,
      end: (last = {}) => {
        if (this.#ended.length >= MOST_WAITING) return;
        const attributes = { ...first, ...last };
        this.#ended.push({ traceId, spanId, parentSpanId, name, start, end: this.#now(), attributes });
      },
    };
  }

  #now(): number {
    return this.#epoch + this.#options.clock.monotonic();
  }

  #hex(digits: 16 | 32): string {
    // The last digits of a UUID are all random.
    return this.#options.newId().replaceAll('-', '').slice(-digits);
  }

  #send(): void {
    if (this.#sending !== undefined || this.#ended.length === 0) return;
    const spans = this.#ended.slice(0, BATCH);
    this.#ended = this.#ended.slice(BATCH);
    this.#sending = this.#post(otlpTraces(this.#options.resource, spans)).finally(() => {
      this.#sending = undefined;
      if (this.#ended.length >= BATCH) this.#send();
    });
  }

  async #post(body: string): Promise<void> {
    const { endpoint, headers, log } = this.#options;
    try {
      const response = await fetch(`${endpoint.replace(/\/$/, '')}/v1/traces`, {
        method: 'POST',
        body,
        headers: { ...headers, 'Content-Type': 'application/json' },
        signal: AbortSignal.timeout(PATIENCE),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the collector answers ${response.status}`);
      this.#told = false;
    } catch (error) {
      if (!this.#told) log.warn({ err: error }, 'traces cannot be sent: they are lost');
      this.#told = true;
    }
  }
}
