/**
 * Server-Sent Events as bytes (HTML Living Standard, section 9.2 "Server-sent events"). Lines end with LF.
 */

export interface SseEvent {
  /** Becomes the client's last event id. Without CR, LF and NUL. */
  readonly id?: string;
  /** The event's type, without CR and LF; left out, it is `message`. */
  readonly event?: string;
  /** UTF-8. Each of its lines becomes a `data` line; line ends of any kind reach the client as LF. */
  readonly data: Uint8Array;
}

const LF = 10;
const CR = 13;
const END = Buffer.from('\n\n');

/** One event. Throws a `RangeError` for an id or type that would break out of its line. */
export function encodeEvent({ id, event, data }: SseEvent): Uint8Array {
  const head = Buffer.from(`${field('id', id)}${field('event', event)}data: `);
  const lines = data.includes(LF) || data.includes(CR) ? splitLines(data) : data;
  return Buffer.concat([head, lines, END], head.length + lines.length + END.length);
}

/**
 * A block without an event: a comment, which keeps the connection alive, and with an `id` it moves the client's last event
 * id without an event ("dispatch the event" returns where the data buffer is empty, after it has set the id).
 */
export function encodeComment(id?: string): Uint8Array {
  return Buffer.from(`:\n${field('id', id)}\n`);
}

/** How long a client waits before it connects again, in milliseconds. */
export function encodeRetry(milliseconds: number): Uint8Array {
  return Buffer.from(`retry: ${Math.round(milliseconds)}\n\n`);
}

function field(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  if (/[\r\n\0]/.test(value)) throw new RangeError(`the field ${name} of an event cannot hold a line end or NUL`);
  return `${name}: ${value}\n`;
}

function splitLines(data: Uint8Array): Uint8Array {
  return Buffer.from(new TextDecoder().decode(data).replaceAll(/\r\n|\r|\n/g, '\ndata: '));
}
