import { connect, type Socket } from 'node:net';
import { frame, handshake } from '../support/raw-websocket.ts';

/** What an attack has done and got, by name. */
export type Counts = Readonly<Record<string, number>>;

export interface AttackOptions {
  readonly port: number;
  readonly seconds: number;
  /** How large it is: 1 is the whole size, less is a part of each of its numbers. */
  readonly size: number;
}

/** Strangers who mean harm: many connections from a few addresses, and an account of what became of them. */
export class Attack {
  readonly #port: number;
  readonly #size: number;
  readonly #until: number;
  readonly #counts = new Map<string, number>();
  readonly #open = new Set<Socket>();

  constructor({ port, seconds, size }: AttackOptions) {
    this.#port = port;
    this.#size = size;
    this.#until = performance.now() + seconds * 1_000;
  }

  get over(): boolean {
    return performance.now() >= this.#until;
  }

  get counts(): Counts {
    return Object.fromEntries(this.#counts);
  }

  /** A number of the whole size, as a part of it. */
  sized(number: number): number {
    return Math.max(1, Math.round(number * this.#size));
  }

  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  /** A connection from the address 127.0.0.`last`. What is answered is counted by its status. */
  connect(last: number): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: `127.0.0.${last}` });
    // Each answer is waited for by listeners of its own.
    socket.setMaxListeners(0);
    this.count('connections');
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    socket.on('error', () => this.count('connections cut'));
    socket.once('data', (bytes: Buffer) => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(bytes.subarray(0, 20).toString('latin1'))?.[1];
      if (status !== undefined) this.count(`answers of ${status}`);
    });
    return socket;
  }

  /** Resolves when there is an answer, or there will be none. */
  answered(socket: Socket): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (answered: boolean) => (): void => {
        socket.off('data', came).off('close', ended);
        resolve(answered);
      };
      const [came, ended] = [done(true), done(false)];
      socket.once('data', came).once('close', ended);
    });
  }

  /** A WebSocket; `undefined` where it is refused. */
  async webSocket(last: number, headers: Readonly<Record<string, string>> = {}): Promise<Socket | undefined> {
    const socket = this.connect(last);
    socket.write(handshake({ headers }));
    if (!(await this.answered(socket)) || socket.destroyed) return undefined;
    return socket;
  }

  /** One that has signed on as a STOMP session. */
  async session(last: number): Promise<Socket | undefined> {
    const socket = await this.webSocket(last);
    if (socket !== undefined) stomp(socket, `CONNECT\naccept-version:1.2\nhost:x\nlogin:guest ${last}\n\n\0`);
    return socket;
  }

  /** Does something again and again until the time is over, so many at once. */
  async crowd(lanes: number, task: (lane: number) => Promise<void> | void): Promise<void> {
    const run = async (lane: number): Promise<void> => {
      while (!this.over) {
        await task(lane);
        await pause(0);
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  }

  /** Waits until the socket has ended, or the time is over. */
  async untilClosed(socket: Socket): Promise<void> {
    while (!socket.destroyed && !this.over) await pause(50);
    socket.destroy();
  }

  end(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends a STOMP frame as a text frame. Returns whether more can be sent now. */
export function stomp(socket: Socket, text: string): boolean {
  return socket.write(frame({ payload: text }));
}

/** Lets a socket take what it is sent, and forget it. */
export function drain(socket: Socket): void {
  socket.on('data', () => undefined);
}

/** A session that sends as fast as the server reads, and gets its errors. */
export async function sendFast(attack: Attack, socket: Socket, text: string, what: string): Promise<void> {
  drain(socket);
  stomp(socket, 'SUBSCRIBE\nid:errors\ndestination:/user/queue/errors\n\n\0');
  const many = Buffer.concat(Array.from({ length: 20 }, () => frame({ payload: text })));
  while (!attack.over && !socket.destroyed) {
    const more = socket.write(many);
    attack.count(what, 20);
    await (more ? pause(5) : Promise.race([new Promise((resolve) => socket.once('drain', resolve)), pause(100)]));
  }
  socket.destroy();
}
