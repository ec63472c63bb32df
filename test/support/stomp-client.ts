import { once } from 'node:events';

export interface ReceivedFrame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The least STOMP 1.2 client: what a user's own program would do, with nothing of the server's code in it. */
export class StompClient {
  /** Frames that nobody has asked for yet. */
  readonly frames: ReceivedFrame[] = [];
  readonly #socket: WebSocket;
  #text = '';
  #came = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', () => this.#came.resolve());
  }

  static async connect(url: string, login?: string, more: Readonly<Record<string, string>> = {}): Promise<StompClient> {
    const client = await StompClient.open(url);
    const name = login !== undefined && { login };
    client.send('CONNECT', { 'accept-version': '1.2', host: 'localhost', ...name, ...more });
    await client.frame((frame) => frame.command === 'CONNECTED');
    return client;
  }

  /** A WebSocket, and no more. */
  static async open(url: string, query = ''): Promise<StompClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws-endpoint${query}`, ['v12.stomp']);
    const client = new StompClient(socket);
    // An event target's error does not reject `once`: without this, nobody listening would mean waiting for ever.
    await Promise.race([
      once(socket, 'open'),
      once(socket, 'error').then(() => {
        throw new Error(`no WebSocket at ${url}`);
      }),
    ]);
    return client;
  }

  send(command: string, headers: Readonly<Record<string, string>>, body = ''): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    this.#socket.send(`${command}\n${lines.join('')}\n${body}\0`);
  }

  /** Sends, and resolves with the body when the server says that it is accepted. */
  async accepted(destination: string, body: object): Promise<void> {
    const receipt = crypto.randomUUID();
    this.send('SEND', { destination, receipt }, JSON.stringify(body));
    await this.frame((frame) => frame.command === 'RECEIPT' && frame.headers['receipt-id'] === receipt);
  }

  /** Sends what is refused, and resolves with the code. */
  async refused(destination: string, body: object): Promise<string> {
    const receipt = crypto.randomUUID();
    this.send('SUBSCRIBE', { id: receipt, destination: '/user/queue/errors' });
    this.send('SEND', { destination, receipt }, JSON.stringify(body));
    const { code } = await this.message('/user/queue/errors');
    this.send('UNSUBSCRIBE', { id: receipt });
    return code;
  }

  /** The next frame like this, taken out of the others. */
  async frame(like: (frame: ReceivedFrame) => boolean): Promise<ReceivedFrame> {
    for (;;) {
      const index = this.frames.findIndex(like);
      const [frame] = index === -1 ? [] : this.frames.splice(index, 1);
      if (frame !== undefined) return frame;
      if (this.#socket.readyState !== WebSocket.OPEN) throw new Error('the connection ended before that came');
      this.#came = Promise.withResolvers();
      await this.#came.promise;
    }
  }

  /** The next message of a destination, as the JSON that it is. */
  // biome-ignore lint/suspicious/noExplicitAny: of whatever shape; what a test says of it is the check.
  async message(destination: string): Promise<any> {
    const frame = await this.frame((each) => each.headers.destination === destination);
    return JSON.parse(frame.body);
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #take(text: string): void {
    this.#text += text;
    const parts = this.#text.split('\0');
    this.#text = parts.pop() ?? '';
    for (const part of parts) {
      const [head = '', body = ''] = split(part.replace(/^\n+/, ''), '\n\n');
      const [command = '', ...lines] = head.split('\n');
      this.frames.push({ command, headers: Object.fromEntries(lines.map(headerOf)), body });
    }
    this.#came.resolve();
  }
}

/** STOMP 1.2, "Value Encoding". */
function headerOf(line: string): [string, string] {
  const [name, value] = split(line, ':');
  const plain: Readonly<Record<string, string>> = { '\\c': ':', '\\n': '\n', '\\r': '\r', '\\\\': '\\' };
  return [name, value.replace(/\\[cnr\\]/g, (escaped) => plain[escaped] ?? escaped)];
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
}
