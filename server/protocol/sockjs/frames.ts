import { quote } from './quote.ts';

/** The frames that a client reads (sockjs-protocol 0.3.3, "Framing accepted by the client"). */
export const OPEN = 'o';
export const HEARTBEAT = 'h';

export function closeFrame(code: number, reason: string): string {
  return `c[${code},${quote(reason)}]`;
}

/** The session has ended in good order. */
export const GO_AWAY = closeFrame(3000, 'Go away!');
/** A session has one receiver at a time. */
export const STILL_OPEN = closeFrame(2010, 'Another connection still open');
/** A receiver's connection broke; what it carried may be lost, so its session has ended. */
export const INTERRUPTED = closeFrame(1002, 'Connection interrupted');

export function arrayFrame(text: string): string {
  return `a[${quote(text)}]`;
}
