/** How an endless response body goes into the connection. */
export interface Framing {
  readonly name: 'chunked' | 'plain';
  /** The bytes as they go out; nothing stays nothing. */
  frame(body: Uint8Array): Uint8Array;
  /** What tells the client that the body ends here. */
  readonly end: Uint8Array;
}

const CRLF = '\r\n';
const NOTHING = new Uint8Array(0);

/** HTTP/1.1 (RFC 9112, section 7.1): each piece is a chunk of its own, so pieces can be framed once and sent to many. */
export const chunked: Framing = {
  name: 'chunked',
  frame(body) {
    // A chunk of length 0 would end the response.
    if (body.length === 0) return NOTHING;
    const size = `${body.length.toString(16)}${CRLF}`;
    const chunk = Buffer.allocUnsafe(size.length + body.length + CRLF.length);
    chunk.write(size, 0, 'latin1');
    chunk.set(body, size.length);
    chunk.write(CRLF, size.length + body.length, 'latin1');
    return chunk;
  },
  end: Buffer.from('0\r\n\r\n'),
};

/** HTTP/1.0 knows no chunks: the body ends with the connection. */
export const plain: Framing = { name: 'plain', frame: (body) => body, end: NOTHING };
