import { escapeHeader, plainHeader } from './escape.ts';
import type { FrameHeader } from './frame.ts';
import type { Version } from './version.ts';

/** Header lines as a frame of this version writes them, each with its line end. */
export function headerLines(headers: readonly FrameHeader[], version: Version): string {
  let lines = '';
  for (const [name, value] of headers) lines += `${escapeHeader(name, version)}:${escapeHeader(value, version)}\n`;
  return lines;
}

/** Everything before a body (command, header lines, the empty line), the body, and the NUL that ends the frame. */
export function joinFrame(head: string, body: Uint8Array): Buffer {
  const length = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(length + body.length + 1);
  bytes.write(head, 0, 'utf8');
  bytes.set(body, length);
  bytes[length + body.length] = 0;
  return bytes;
}

/** A server's frame in the bytes of this version; with a body it gets a `content-length`, in bytes. */
export function serializeFrame(
  command: string,
  headers: readonly FrameHeader[],
  body: Uint8Array | undefined,
  version: Version,
): Buffer {
  // CONNECTED is read by clients that do not know the version yet: no escapes (STOMP 1.2, "Value Encoding").
  const lines =
    command === 'CONNECTED'
      ? headers.map(([name, value]) => `${plainHeader(name)}:${plainHeader(value)}\n`).join('')
      : headerLines(headers, version);
  if (body === undefined) return Buffer.from(`${command}\n${lines}\n\0`);
  return joinFrame(`${command}\n${lines}content-length:${body.length}\n\n`, body);
}
