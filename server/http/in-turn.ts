import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** Requests of one connection that may wait for the answers to those before them; browsers and proxies send none ahead. */
export const MOST_WAITING = 32;
/**
 * A connection of which so many wait is not read. One with fewer is, so that its end is noticed: a stream is answered for hours, and
 * who has sent a request behind it may go.
 */
const HELD_FROM = MOST_WAITING / 2;

/**
 * Serves the requests of each connection one after the other. A client may send the next before the last is answered (RFC 9112
 * section 9.3.2), and Node serves at once whatever it finds in a piece of 64 KB: a thousand large answers, which then wait in
 * memory for each other, while nobody else has a turn. Here a request waits until the answer before it is sent, others have
 * their turn between the two, and the connection is not read as long as many requests of it wait. `flooded` is told of a
 * connection that was cut because more than `MOST_WAITING` did.
 */
export function inTurn(serve: RequestListener, clock: Clock, flooded: () => void): RequestListener {
  const queues = new WeakMap<Socket, Queue>();
  const queueOf = (socket: Socket): Queue => {
    const queue = queues.get(socket) ?? new Queue(socket, clock);
    queues.set(socket, queue);
    return queue;
  };
  return (request, response) => {
    // Node gives an answer the socket when all answers before it are sent.
    if (response.socket !== null) serve(request, response);
    else if (!request.socket.destroyed && !queueOf(request.socket).add(response, () => serve(request, response))) {
      request.socket.destroy();
      flooded();
    }
  };
}

/**
 * Whether a request of this connection is being answered. An upgrade that was sent behind one cannot be taken: its own answer would come first.
 * Where Node keeps that is private; a test holds that it still does.
 */
export function isAnswering(socket: Socket): boolean {
  const { _httpMessage } = socket as { readonly _httpMessage?: object | null };
  return _httpMessage !== undefined && _httpMessage !== null;
}

/** The requests of a connection that wait. */
class Queue {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #waiting = 0;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    // Node resumes it when its own reasons for a pause are gone.
    socket.on('resume', () => this.#hold());
  }

  /** Returns whether it may wait. */
  add(response: ServerResponse, serve: () => void): boolean {
    if (this.#waiting >= MOST_WAITING) return false;
    this.#waiting++;
    this.#hold();
    response.once('socket', () =>
      this.#clock.soon(() => {
        this.#waiting--;
        if (this.#socket.destroyed) return;
        if (this.#waiting < HELD_FROM) this.#socket.resume();
        serve();
      }),
    );
    return true;
  }

  #hold(): void {
    if (this.#waiting >= HELD_FROM) this.#socket.pause();
  }
}
