import type { ServerResponse } from 'node:http';

/** Who takes no byte of an answer for so long is cut off, in milliseconds; it is noticed at most as much later. */
export const TAKE_TIME = 30_000;

/**
 * Cuts the connection of a client that does not take its answer, and tells `cut`. Node looks, when the time is over, whether
 * bytes went out meanwhile; where none wait it is we who have said nothing yet.
 */
export function cutUntaken(response: ServerResponse, time: number, cut: () => void): void {
  response.setTimeout(time, () => {
    const { socket } = response;
    if (socket === null || socket.writableLength === 0) return;
    socket.destroy();
    cut();
  });
}
