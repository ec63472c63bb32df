/** One step on the way from Sec-WebSocket-Key to Sec-WebSocket-Accept. */
export interface Step {
  readonly name: string;
  readonly value: string;
  readonly text: string;
}

/** RFC 6455, section 1.3: the same for everybody, made up for this purpose. */
export const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64: 22 characters and two `=`. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * How a server makes Sec-WebSocket-Accept of a key (RFC 6455, section 4.2.2). Rejects with a `RangeError` where the key is not
 * 16 bytes in base64.
 */
export async function acceptSteps(key: string): Promise<Step[]> {
  const trimmed = key.trim();
  if (!KEY.test(trimmed)) throw new RangeError('Sec-WebSocket-Key must be 16 bytes in base64 (RFC 6455, 4.1)');
  const joined = trimmed + GUID;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(joined)));
  const bytes = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    {
      name: 'key',
      value: trimmed,
      text: 'The client sends 16 random bytes in base64. The server does not decode them.',
    },
    { name: 'guid', value: GUID, text: 'A constant of RFC 6455. No plain HTTP server would add it by chance.' },
    { name: 'joined', value: joined, text: 'The two as text, one behind the other.' },
    { name: 'sha1', value: bytes, text: 'The SHA-1 of that text: 20 bytes, shown in hex.' },
    { name: 'accept', value: btoa(String.fromCharCode(...digest)), text: 'The 20 bytes (not their hex) in base64.' },
  ];
}
