import type { ServerResponse } from 'node:http';
import type { StreamForm } from '../../protocol/sockjs/forms.ts';
import type { Exchange } from './answers.ts';
import type { Receiver, ReceiverHost } from './receiver.ts';

const NOTHING = new Uint8Array(0);

export interface StreamOptions {
  readonly form: StreamForm;
  /** What comes before all frames. */
  readonly prelude: string;
  /** After so many bytes the answer ends, so that browsers can let go of it; the client asks for the next. */
  readonly limit: number;
}

/**
 * A request whose answer goes on and on. Prepared bytes go into the response as they are. HTTP's part (chunks, or none for
 * HTTP/1.0, and the connection's next request) is Node's; with the socket corked around it that is one system call.
 */
export class StreamReceiver implements Receiver {
  readonly single = false;
  host: ReceiverHost | undefined;
  readonly #response: ServerResponse;
  readonly #form: StreamForm;
  readonly #limit: number;
  #sent = 0;
  #waiting = false;

  constructor({ response, headers }: Exchange, { form, prelude, limit }: StreamOptions) {
    this.#response = response;
    this.#form = form;
    this.#limit = limit;
    response.on('close', () => {
      if (response.writableFinished) this.host?.sent(this);
      else this.host?.interrupted(this);
    });
    // Proxies shall not gather it.
    response.writeHead(200, { ...headers, 'X-Accel-Buffering': 'no' });
    this.#together(() => response.write(prelude));
  }

  send(messages: readonly Uint8Array[]): boolean {
    if (this.#response.writableEnded) return false;
    let full = false;
    this.#together(() => {
      for (const bytes of messages) {
        this.#response.write(bytes);
        this.#sent += bytes.length;
      }
      full = this.#sent >= this.#limit;
      if (full) this.#response.end();
    });
    if (full) this.host?.answered(this);
    return !full && this.#taken();
  }

  frame(frame: string): void {
    this.send([this.#form.frame(frame)]);
  }

  end(frame: string): boolean {
    if (this.#response.writableEnded) return false;
    this.#together(() => {
      this.#response.write(this.#form.frame(frame));
      this.#response.end();
    });
    this.host?.answered(this);
    return true;
  }

  destroy(): void {
    this.#response.destroy();
  }

  /** One system call, made now: Node would else gather what is written until the next tick. */
  #together(write: () => void): void {
    const { socket } = this.#response;
    socket?.cork();
    write();
    socket?.uncork();
  }

  /** Whether all that was written is with the kernel; if not, the session is told as soon as it is. */
  #taken(): boolean {
    const { socket } = this.#response;
    if (socket === null || socket.destroyed) return false;
    if (socket.writableLength === 0) return true;
    if (this.#waiting) return false;
    this.#waiting = true;
    // Written after the rest, so it is done when the rest is: no listener that most responses never need.
    socket.write(NOTHING, (error) => {
      this.#waiting = false;
      if (!error && !this.#response.writableEnded && this.#taken()) this.host?.drained(this);
    });
    return false;
  }
}
