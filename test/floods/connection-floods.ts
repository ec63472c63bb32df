import { handshake } from '../support/raw-websocket.ts';
import { drain, pause, stomp } from './attack.ts';
import type { Flood } from './floods.ts';

const STARTS = ['', 'GET / HT', handshake().slice(0, -2), handshake(), 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n'];

/** Connections that are cut right after they began, in the midst of whatever they began with. */
const aborts: Flood = {
  name: 'connects and aborts',
  run: (attack) =>
    attack.crowd(40, async (lane) => {
      for (const start of STARTS) {
        const socket = attack.connect(2 + (lane % 8));
        await new Promise<void>((resolve) => {
          socket.once('connect', () => {
            socket.write(start);
            setTimeout(() => socket.resetAndDestroy(), lane % 8);
          });
          socket.once('close', () => resolve());
        });
      }
    }),
};

/** The same from one address, as fast as it goes: more new connections than an address may make. */
const newConnections: Flood = {
  name: 'new connections of one address',
  run: (attack) =>
    attack.crowd(40, async () => {
      const socket = attack.connect(2);
      socket.write('GET /api/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await attack.answered(socket);
      socket.destroy();
    }),
};

/** More connections than an address may hold, and more streams, each with a filter of its own. */
const held: Flood = {
  name: 'connections held',
  run: async (attack) => {
    const symbols = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
    const lanes = attack.sized(2_500);
    await attack.crowd(lanes, async (lane) => {
      const socket = attack.connect(2);
      drain(socket);
      const query = `symbols=${symbols.slice(lane % 3).join()}&interval=${100 + lane}`;
      const request = lane % 2 === 0 ? `GET /stream?${query} HTTP/1.1\r\nHost: x\r\n\r\n` : handshake();
      socket.write(request);
      await attack.untilClosed(socket);
      await pause(200);
    });
  },
};

/** Clients that ask for much and read none of it: old messages again and again, and all prices. */
const neverRead: Flood = {
  name: 'clients that never read',
  run: (attack) =>
    attack.crowd(attack.sized(1_000), async (lane) => {
      if (lane % 4 === 0) {
        const socket = attack.connect(2);
        socket.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
        await attack.answered(socket);
        socket.pause();
        await attack.untilClosed(socket);
        return;
      }
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      socket.pause();
      for (let id = 0; !attack.over && !socket.destroyed; id++) {
        stomp(socket, `SUBSCRIBE\nid:s${id}\ndestination:/topic/${id % 4 === 3 ? 'market' : 'chat'}\nafter:0\n\n\0`);
        if (id >= 100) stomp(socket, `UNSUBSCRIBE\nid:s${id - 100}\n\n\0`);
        attack.count('subscriptions');
        await pause(100);
      }
      await attack.untilClosed(socket);
    }),
};

/** What a connection may begin with, to say nothing more: nothing, half a request, half a handshake, a WebSocket without CONNECT. */
const BEGINNINGS = ['', 'GET / HTTP/1.1\r\nHo', handshake().slice(0, -2), handshake()];

/** Connections that wait for nothing, until they are closed. */
const silent: Flood = {
  name: 'connections that say nothing more',
  run: (attack) =>
    attack.crowd(attack.sized(1_500), async (lane) => {
      const socket = attack.connect(2);
      drain(socket);
      socket.write(BEGINNINGS[lane % BEGINNINGS.length] ?? '');
      await attack.untilClosed(socket);
      attack.count('closed by the server', attack.over ? 0 : 1);
    }),
};

const SLOW = [
  `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(1_000)}`,
  `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n${' '.repeat(1_000)}`,
  `POST /ws-endpoint/0/s/xhr_send HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${' '.repeat(1_000)}`,
];

/** Clients that send a byte a second: headers, bodies, WebSocket frames. */
const byteASecond: Flood = {
  name: 'clients that send a byte a second',
  run: (attack) =>
    attack.crowd(attack.sized(1_000), async (lane) => {
      const text = SLOW[lane % 4];
      const socket = text === undefined ? await attack.webSocket(2) : attack.connect(2);
      if (socket === undefined) return pause(100);
      drain(socket);
      // The head of a body, or of a frame, comes at once, and the rest does not.
      const head = text === undefined ? '' : text.slice(0, text.indexOf('\r\n\r\n') + 4);
      socket.write(text === undefined ? Buffer.of(0x81, 0xfe, 0xff, 0xf0, 1, 2, 3, 4) : head);
      for (let at = head.length; !attack.over && !socket.destroyed; at++) {
        socket.write((text ?? '').charAt(at) || 'x');
        attack.count('bytes');
        await pause(1_000);
      }
      socket.destroy();
    }),
};

export const connectionFloods: readonly Flood[] = [aborts, newConnections, held, silent, neverRead, byteASecond];
