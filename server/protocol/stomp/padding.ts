import type { Frame } from './frame.ts';

/**
 * A header without the spaces around it: the examples of STOMP 1.0 have one after the colon, the later versions forbid to trim.
 * It is a text of its own: V8 makes a part of a text point into the whole, which may be 64 KB of spaces.
 */
export function withoutPadding(text: string): string {
  const inner = text.trim();
  return inner.length === text.length ? text : Buffer.from(inner).toString();
}

/** The same for all headers of a frame that was read before its version was known. */
export function frameWithoutPadding({ command, headers, body }: Frame): Frame {
  return {
    command,
    headers: headers.map(([name, value]) => [withoutPadding(name), withoutPadding(value)]),
    body,
  };
}
