import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from '../../protocol/sockjs/forms.ts';
import type { Exchange } from './answers.ts';
import type { Receiver, ReceiverHost } from './receiver.ts';

/** A request that is answered with one frame, as soon as there is one. */
export class PollReceiver implements Receiver {
  readonly single = true;
  host: ReceiverHost | undefined;
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  readonly #answer: Answer;

  constructor({ response, headers }: Exchange, answer: Answer) {
    this.#response = response;
    this.#headers = headers;
    this.#answer = answer;
    response.on('close', () => {
      if (response.writableFinished) this.host?.sent(this);
      else this.host?.interrupted(this);
    });
  }

  send(messages: readonly Uint8Array[]): boolean {
    const [before, after] = this.#answer.around;
    const last = messages.at(-1);
    if (last === undefined) return true;
    // Each element has a comma after it; the last of an array must not.
    const elements = [...messages.slice(0, -1), last.subarray(0, -1)];
    this.#complete([Buffer.from(before), ...elements, Buffer.from(after)]);
    return false;
  }

  frame(frame: string): void {
    this.#complete([Buffer.from(this.#answer.frame(frame))]);
  }

  end(frame: string): boolean {
    if (this.#response.writableEnded) return false;
    this.frame(frame);
    return true;
  }

  destroy(): void {
    this.#response.destroy();
  }

  #complete(parts: readonly Uint8Array[]): void {
    if (this.#response.writableEnded) return;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const { socket } = this.#response;
    socket?.cork();
    this.#response.writeHead(200, { ...this.#headers, 'Content-Length': length });
    for (const part of parts) this.#response.write(part);
    this.#response.end();
    socket?.uncork();
    this.host?.answered(this);
  }
}
