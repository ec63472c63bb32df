import { signal } from '@preact/signals';
import { frameText } from './broken-frames.ts';

export type LabSocketState = 'closed' | 'connecting' | 'open';

/** What carries the Lab's own connection. */
export type LabTransport = 'websocket' | 'xhr-streaming' | 'xhr-polling';

/** Opens a connection that the Lab looks at; the library of SockJS is loaded when it is first needed. */
export type OpenLabSocket = (transport: LabTransport) => Promise<WebSocket>;

/** The Lab's own connection, on which one may send what one likes: nothing else of the page depends on it. */
export class LabSocket {
  readonly state = signal<LabSocketState>('closed');
  readonly transport = signal<LabTransport>('websocket');
  readonly #open: OpenLabSocket;
  #socket: WebSocket | undefined;
  /** Counts tries, so that one that was given up is known when its socket comes. */
  #tries = 0;

  constructor(open: OpenLabSocket) {
    this.#open = open;
  }

  connect(): void {
    if (this.state.value !== 'closed') return;
    this.state.value = 'connecting';
    const own = ++this.#tries;
    this.#open(this.transport.value).then(
      (socket) => (own === this.#tries ? this.#use(socket) : socket.close()),
      () => {
        if (own === this.#tries) this.state.value = 'closed';
      },
    );
  }

  /** Sends the text as one message; nothing happens while it is not open. */
  send(text: string): void {
    if (this.state.value === 'open') this.#socket?.send(frameText(text));
  }

  close(): void {
    this.#tries++;
    if (this.#socket === undefined) this.state.value = 'closed';
    else this.#socket.close();
  }

  #use(socket: WebSocket): void {
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.state.value = 'open';
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.state.value = 'closed';
    });
  }
}
