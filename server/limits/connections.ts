import type { Socket } from 'node:net';

/**
 * How many connections there are, of all and of each stranger. A connection is counted until its socket has closed, whoever
 * owns it by then.
 */
export class Connections {
  readonly #most: number;
  readonly #mostEach: number;
  readonly #counts = new Map<string, number>();
  /** Whose connection a socket is: a closed one does not know its address any more. */
  readonly #owners = new Map<Socket, string>();
  readonly #closed: (this: Socket) => void;
  #all = 0;

  /**
   * @param most - of all; `Infinity` for no bound
   * @param mostEach - of a key
   */
  constructor(most: number, mostEach: number) {
    this.#most = most;
    this.#mostEach = mostEach;
    const left = (socket: Socket): void => this.#left(socket);
    this.#closed = function (this: Socket) {
      left(this);
    };
  }

  get all(): number {
    return this.#all;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Whether there is room for one more of this key, or without one for one that is counted in all alone. */
  room(key?: string): 'room' | 'full' | 'key-full' {
    if (this.#all >= this.#most) return 'full';
    return key !== undefined && this.of(key) >= this.#mostEach ? 'key-full' : 'room';
  }

  /** Counts a socket, once. */
  add(socket: Socket, key: string): void {
    if (this.#owners.has(socket) || socket.destroyed) return;
    this.#owners.set(socket, key);
    this.#counts.set(key, this.of(key) + 1);
    this.#all++;
    socket.once('close', this.#closed);
  }

  #left(socket: Socket): void {
    // A stream takes its socket from the HTTP server by telling it "close" and removing all listeners; the socket lives on.
    if (!socket.destroyed) {
      queueMicrotask(() => socket.once('close', this.#closed));
      return;
    }
    const key = this.#owners.get(socket);
    if (key === undefined) return;
    this.#owners.delete(socket);
    this.#all--;
    const count = this.of(key) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
