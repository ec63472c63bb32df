import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The network between an instance and its server, which falls silent without closing anything. */
export class StallingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What a client says that makes its connection fall silent, once. */
  #trigger: RegExp | undefined;
  #andAll = false;
  #stalled = false;

  private constructor(server: Server, target: number) {
    // It listens on TCP, so its address is not a path.
    this.port = (server.address() as AddressInfo).port;
    this.#server = server.on('connection', (client) => this.#accept(client, connect(target, '127.0.0.1')));
  }

  static async create(target: number): Promise<StallingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StallingProxy(server, target);
  }

  /** The connection in which a client next says this falls silent before that arrives; all do with `andAll`. */
  stallAt(trigger: RegExp, andAll = false): void {
    this.#trigger = trigger;
    this.#andAll = andAll;
  }

  /** New connections pass again. */
  mend(): void {
    this.#stalled = false;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #accept(client: Socket, server: Socket): void {
    let silent = this.#stalled;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // In the silence no end is heard either.
        if (!silent && !this.#stalled) for (const other of [client, server]) other.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (this.#trigger?.test(bytes.toString('latin1'))) {
        this.#trigger = undefined;
        silent = true;
        this.#stalled = this.#andAll;
      }
      if (!silent && !this.#stalled) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!silent && !this.#stalled) client.write(bytes);
    });
  }
}
