const MASK_BYTES = 4;
const TEXT = 0x1;
const BINARY = 0x2;

/**
 * The WebSocket frame that would carry a message uncompressed and in one piece (RFC 6455, 5.2). A browser does not tell the
 * masking key of what it sends, so a client's frame has a key of zeros, under which the payload stays as it is.
 */
export function rebuiltFrame(data: string | Uint8Array, from: 'client' | 'server'): Uint8Array {
  const payload = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const mask = from === 'client';
  const extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const head = 2 + extended + (mask ? MASK_BYTES : 0);
  const frame = new Uint8Array(head + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | (typeof data === 'string' ? TEXT : BINARY);
  frame[1] = (mask ? 0x80 : 0) | (extended === 0 ? payload.length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, payload.length);
  if (extended === 8) view.setBigUint64(2, BigInt(payload.length));
  frame.set(payload, head);
  return frame;
}

/** The block of an event stream that an event came in, but for its comments (HTML Living Standard, 9.2.6). */
export function rebuiltEvent(type: string, data: string, id: string): Uint8Array {
  const lines = [
    ...(type === 'message' ? [] : [`event: ${type}`]),
    ...(id === '' ? [] : [`id: ${id}`]),
    ...data.split('\n').map((line) => `data: ${line}`),
  ];
  return new TextEncoder().encode(`${lines.join('\n')}\n\n`);
}
