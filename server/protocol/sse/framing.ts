import { deflatedBlock, GZIP_HEAD, LEAST_BYTES, storedBlocks } from '../deflate.ts';

/** How an endless response body goes into the connection. */
export interface Framing {
  readonly name: 'chunked' | 'plain' | 'gzip';
  /** What the body begins with. */
  readonly head: Uint8Array;
  /** Where many events are better framed together than one by one: how. */
  readonly blocks?: {
    /** Bytes of a packed block at most, as text. */
    readonly bytes: number;
    pack(events: readonly Uint8Array[]): Uint8Array;
    wrap(events: readonly Uint8Array[]): Uint8Array;
  };
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
  head: NOTHING,
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
export const plain: Framing = { name: 'plain', head: NOTHING, frame: (body) => body, end: NOTHING };

/** Text of one block before it is compressed; a browser's first event of it waits for no more than that. */
const BLOCK_BYTES = 16_384;

/**
 * gzip (RFC 1952) in chunks. All clients get the same compressed blocks, each after a head of its own, so the checksum of what
 * one client got is nobody's to know: the stream never ends in the sense of gzip, only its connection does.
 */
export const gzipped: Framing = {
  name: 'gzip',
  head: chunked.frame(GZIP_HEAD),
  frame: (body) => chunked.frame(storedBlocks(body)),
  blocks: {
    bytes: BLOCK_BYTES,
    pack(events) {
      const body = Buffer.concat(events);
      return body.length < LEAST_BYTES ? gzipped.frame(body) : chunked.frame(deflatedBlock(body));
    },
    wrap: (events) => gzipped.frame(Buffer.concat(events)),
  },
  end: chunked.end,
};

/** Whether a client says that it reads gzip (RFC 9110 section 12.5.3). It must name it: `*` alone is not asked for. */
export function readsGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? '').split(',').some((each) => {
    const [coding = '', ...parameters] = each.toLowerCase().split(';');
    const zero = parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter));
    return /^(x-)?gzip$/.test(coding.trim()) && !zero;
  });
}
