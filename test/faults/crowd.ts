import { ChatRecord, ChatUser } from './chat-user.ts';
import type { Hearing } from './hearing.ts';
import { StreamReader, TickNumbers } from './stream-reader.ts';

export interface CrowdSize {
  readonly chatUsers: number;
  readonly streamReaders: number;
  readonly messagesPerSecond: number;
}

/** How often messages are sent, in milliseconds. */
const BEAT = 20;

/** All clients of a trial; some of them talk. */
export class Crowd {
  readonly record = new ChatRecord();
  readonly numbers = new TickNumbers();
  readonly users: readonly ChatUser[];
  readonly readers: readonly StreamReader[];
  readonly #messagesPerSecond: number;
  #talk: NodeJS.Timeout | undefined;

  /** `head`: the seq after which the users begin to listen. */
  constructor(urls: readonly string[], head: number, size: CrowdSize) {
    const { chatUsers, streamReaders, messagesPerSecond } = size;
    this.#messagesPerSecond = messagesPerSecond;
    this.users = Array.from({ length: chatUsers }, (_, index) => new ChatUser(urls, index, head, this.record));
    this.readers = Array.from({ length: streamReaders }, (_, index) => new StreamReader(urls, index, this.numbers));
  }

  /** Messages that were sent and not accepted yet. */
  get pending(): number {
    return this.users.reduce((sum, { pending }) => sum + pending.size, 0);
  }

  /** Whether everybody is connected and has got something since then. */
  allHeardSince(time: number): boolean {
    const clients = [...this.users, ...this.readers];
    return this.users.every(({ connected }) => connected) && clients.every(({ hearing }) => hearing.lastAt > time);
  }

  /** The longest silence that a user of the chat, and a reader of the stream had since `beginSilences`, in milliseconds. */
  get longestSilences(): { readonly chat: number; readonly stream: number } {
    const longest = (clients: readonly { readonly hearing: Hearing }[]): number =>
      Math.max(...clients.map(({ hearing }) => hearing.longestSilence));
    return { chat: longest(this.users), stream: longest(this.readers) };
  }

  beginSilences(): void {
    for (const { hearing } of [...this.users, ...this.readers]) hearing.begin();
  }

  talk(): void {
    const begun = performance.now();
    let turn = 0;
    this.#talk = setInterval(() => {
      // By the clock: on a busy machine beats are left out.
      const due = ((performance.now() - begun) * this.#messagesPerSecond) / 1_000;
      while (turn < Math.floor(due)) this.users[turn++ % this.users.length]?.send(`message ${turn}`);
    }, BEAT);
  }

  hush(): void {
    clearInterval(this.#talk);
  }

  cutHalf(): void {
    for (const [index, client] of [...this.users, ...this.readers].entries()) if (index % 2 === 0) client.cut();
  }

  end(): void {
    this.hush();
    for (const client of [...this.users, ...this.readers]) client.end();
  }
}
