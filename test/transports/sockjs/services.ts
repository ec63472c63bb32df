import type { Clock } from '../../../server/clock.ts';
import type { ErrorCode, Refusal } from '../../../server/errors.ts';
import type { Conversation, Host } from '../../../server/session/conversation.ts';
import type { Pipe } from '../../../server/session/pipe.ts';

/** Sends back what it gets, as the protocol's own tests want it; what the pipe does not take yet waits. */
class Echo implements Conversation {
  readonly pipe: Pipe;
  refused: ErrorCode | undefined;
  over = false;
  #waiting: Uint8Array[] = [];
  #writable = true;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
  }

  describe(): object {
    return {};
  }

  receive(bytes: Uint8Array): void {
    this.send(Buffer.from(bytes).toString());
  }

  send(text: string): void {
    this.#waiting.push(this.pipe.wire.wrap(Buffer.from(text)));
    this.#write();
  }

  drained(): void {
    this.#writable = true;
    this.#write();
  }

  ended(): void {
    this.over = true;
  }

  lastWords(code: ErrorCode): Uint8Array {
    return this.pipe.wire.wrap(Buffer.from(`the end: ${code}`));
  }

  fail({ code }: Refusal): void {
    this.refused = code;
    this.pipe.close(code);
  }

  dismiss(refusal: Refusal): void {
    this.fail(refusal);
  }

  #write(): void {
    if (!this.#writable || this.#waiting.length === 0) return;
    const parts = this.#waiting;
    this.#waiting = [];
    this.#writable = this.pipe.writeAll(parts);
  }
}

/** The protocol's service `echo`; it keeps its conversations. */
export class EchoHost implements Host {
  readonly options: { readonly clock: Clock };
  readonly conversations: Echo[] = [];

  constructor(clock: Clock) {
    this.options = { clock };
  }

  open(pipe: Pipe): Conversation {
    const echo = new Echo(pipe);
    this.conversations.push(echo);
    return echo;
  }

  get last(): Echo {
    const last = this.conversations.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  }
}

/** The protocol's service `close`: it ends every session at once. */
export function closingHost(clock: Clock): Host {
  const silent: Conversation = {
    receive: () => undefined,
    drained: () => undefined,
    ended: () => undefined,
    lastWords: () => undefined,
    fail: () => undefined,
    dismiss: () => undefined,
    describe: () => ({}),
  };
  return {
    options: { clock },
    open(pipe) {
      pipe.finish();
      return silent;
    },
  };
}
