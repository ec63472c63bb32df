export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** A reader of `/stream`, as a user's own program would read it. */
export class EventStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #events: ReceivedEvent[] = [];
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  static async open(url: string, lastEventId?: string): Promise<EventStream> {
    const { body } = await fetch(url, lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } });
    if (body === null) throw new Error('the answer has no body');
    return new EventStream(body);
  }

  async next(): Promise<ReceivedEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      const { value, done } = await this.#reader.read();
      if (done) throw new Error('the stream ended');
      this.#take(this.#decoder.decode(value, { stream: true }));
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  #take(text: string): void {
    const blocks = (this.#text + text).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').map((line): [string, string] => {
        const [name = ''] = line.split(': ', 1);
        return [name, line.slice(name.length + 2)];
      });
      const data = lines.filter(([name]) => name === 'data').map(([, text]) => text);
      const fields = new Map(lines);
      // Comments and `retry` are no events. Several lines of data are one text.
      if (data.length > 0)
        this.#events.push({ event: fields.get('event') ?? 'message', id: fields.get('id'), data: data.join('\n') });
    }
  }
}
