const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of what a client sent; `undefined` for what is no UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The bytes of the messages that a client sent: a JSON array of strings, or one JSON string. Together, because they are parts of
 * a stream of frames, and one by one a body of small ones would cost many times its size. `undefined` for what is neither,
 * and for strings that are broken UTF-16: they would arrive as something else.
 */
export function decodeMessages(text: string): Uint8Array | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const messages: unknown[] = Array.isArray(value) ? value : [value];
  return messages.every(isText) ? Buffer.from(messages.join('')) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}
