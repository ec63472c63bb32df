import { signal } from '@preact/signals';
import { frameText } from './broken-frames.ts';
import type { Tap } from './tap.ts';

export type LabSocketState = 'closed' | 'connecting' | 'open';

/** The Lab's own connection, on which one may send what one likes: nothing else of the page depends on it. */
export class LabSocket {
  readonly state = signal<LabSocketState>('closed');
  readonly #tap: Tap;
  readonly #open: (url: string, protocols: string[]) => WebSocket;
  #socket: WebSocket | undefined;

  constructor(tap: Tap, open: (url: string, protocols: string[]) => WebSocket) {
    this.#tap = tap;
    this.#open = open;
  }

  connect(): void {
    if (this.#socket !== undefined) return;
    const socket = this.#tap.socket(this.#open(this.#tap.url('/ws-endpoint', 'lab'), ['v12.stomp']), 'lab');
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.state.value = 'connecting';
    socket.addEventListener('open', () => {
      this.state.value = 'open';
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.state.value = 'closed';
    });
  }

  /** Sends the text as one message; nothing happens while it is not open. */
  send(text: string): void {
    if (this.state.value === 'open') this.#socket?.send(frameText(text));
  }

  close(): void {
    this.#socket?.close();
  }
}
