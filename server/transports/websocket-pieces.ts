import type { WebSocket } from 'ws';

/** What is private in `ws` as far as it is needed here. Its version is pinned, and the tests measure that this works. */
interface Receiver {
  /** What was read and not yet used, one piece a read. */
  _buffers: Buffer[];
  /** The payloads of the fragments so far: parts of what they were read in. */
  readonly _fragments: Buffer[];
}

/** A frame that comes in more reads than this is put together meanwhile. */
const MOST_PIECES = 256;

/**
 * The pieces in which `ws` keeps what it has read of a frame. Each costs some hundred bytes, however small it is, so that a
 * frame sent byte by byte would cost many times its size; put together now and then it costs its size, and a client behind a
 * slow link may take as many reads as it needs.
 */
class Pieces extends Array<Buffer> {
  readonly #receiver: Receiver;

  constructor(receiver: Receiver) {
    super();
    this.#receiver = receiver;
  }

  override push(piece: Buffer): number {
    ownFragments(this.#receiver._fragments);
    super.push(piece);
    if (this.length > MOST_PIECES) {
      this[0] = Buffer.concat(this);
      this.length = 1;
    }
    return this.length;
  }
}

/**
 * A fragment of one byte would keep all that was read with it, pings for example, until its message is whole. Those that came
 * before the last read have memory of their own already.
 */
function ownFragments(fragments: Buffer[]): void {
  for (let at = fragments.length - 1; at >= 0; at--) {
    const fragment = fragments[at];
    if (fragment === undefined || fragment.buffer.byteLength === fragment.length) return;
    const copy = Buffer.allocUnsafeSlow(fragment.length);
    copy.set(fragment);
    fragments[at] = copy;
  }
}

/** Bounds what a frame or message that is not whole yet costs to about its size. To be called before anything was read. */
export function boundPieces(ws: WebSocket): void {
  const { _receiver: receiver } = ws as { _receiver?: Receiver };
  if (receiver !== undefined) receiver._buffers = new Pieces(receiver);
}
