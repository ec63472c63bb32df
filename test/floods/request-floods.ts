import { randomUUID } from 'node:crypto';
import { drain, pause } from './attack.ts';
import type { Flood } from './floods.ts';

const HEADERS = Array.from({ length: 1_000 }, (_, number) => `h${number}: x\r\n`).join('');

/** A thousand headers at a time, and again, until the answer comes. */
const headers: Flood = {
  name: 'a million headers',
  run: (attack) =>
    attack.crowd(20, async (lane) => {
      const socket = attack.connect(2 + (lane % 8));
      drain(socket);
      socket.write('GET /api/info HTTP/1.1\r\nHost: x\r\n');
      for (let times = 0; times < 1_000 && !socket.destroyed && !attack.over; times++) {
        attack.count('headers', 1_000);
        if (!socket.write(HEADERS)) await pause(5);
      }
      await attack.untilClosed(socket);
    }),
};

/** Requests on connections that stay open, as fast as they are answered. `request` is given how many there were before. */
export function asking(
  name: string,
  lanes: number,
  request: (turn: number) => string,
  settings: Readonly<Record<string, string>> = {},
): Flood {
  return {
    name,
    settings,
    run: (attack) => {
      let turn = 0;
      return attack.crowd(lanes, async () => {
        const socket = attack.connect(2);
        socket.on('data', (bytes: Buffer) => {
          if (bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 429') attack.count('refused with 429');
        });
        while (!attack.over && !socket.destroyed) {
          socket.write(request(turn++));
          attack.count('requests');
          if (!(await attack.answered(socket))) break;
        }
        socket.destroy();
        await pause(20);
      });
    },
  };
}

const info = asking('requests too fast', 50, () => 'GET /api/info HTTP/1.1\r\nHost: x\r\n\r\n');
const history = asking(
  'history asked for without end',
  50,
  () => 'GET /api/chat/messages?limit=200 HTTP/1.1\r\nHost: x\r\n\r\n',
);
const post = asking('messages by POST too fast', 50, () => {
  const body = JSON.stringify({ content: `from a flood ${randomUUID()}` });
  return `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
});
const sessions = asking(
  'SockJS sessions without end',
  50,
  () => `POST /ws-endpoint/0/${randomUUID()}/xhr HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
);
const symbols = Array.from({ length: 101 }, (_, number) => `S${number}-USD`).join();
const TOO_MUCH = [
  `GET /stream?symbols=${symbols}`,
  'GET /api/chat/messages?limit=201',
  'POST /stream',
  'OPTIONS /stream',
];
const filters = asking(
  'filters and pages too long, and what a stream is not asked',
  50,
  (turn) => `${TOO_MUCH[turn % TOO_MUCH.length]} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
);
const candles = asking(
  'candles downloaded without end',
  50,
  () => 'GET /api/market/candles.csv?symbol=BTC-USD&interval=5m HTTP/1.1\r\nHost: x\r\n\r\n',
);
const bodies = asking(
  'bodies too large',
  20,
  () =>
    `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
);

/** Pages of history, asked for on connections of which no answer is read. */
const untaken: Flood = {
  name: 'answers that nobody takes',
  run: (attack) =>
    attack.crowd(attack.sized(500), async () => {
      const socket = attack.connect(2);
      socket.write('GET /api/chat/messages?limit=200 HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10));
      attack.count('requests', 10);
      await attack.answered(socket);
      socket.pause();
      await attack.untilClosed(socket);
    }),
};

/** A body of a send: one that is too large, and one that is full of frames of which each is refused. */
const SENDS = [
  JSON.stringify(['x'.repeat(140_000)]),
  JSON.stringify(Array.from({ length: 2_500 }, () => 'SEND\ndestination:/app/none\n\n{}\0')),
];

/** SockJS sends that are too large, and more of them than a session takes whose answers nobody fetches. */
const sends: Flood = {
  name: 'SockJS sends too large, and too many',
  run: (attack) =>
    attack.crowd(20, async (lane) => {
      const socket = attack.connect(2 + (lane % 4));
      const ask = (path: string, body: string): Promise<boolean> => {
        socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        return attack.answered(socket);
      };
      const path = `/ws-endpoint/0/${randomUUID()}`;
      await ask(`${path}/xhr`, '');
      await ask(`${path}/xhr_send`, JSON.stringify(['CONNECT\naccept-version:1.2\nhost:x\n\n\0']));
      for (let time = 0; time < 20 && !socket.destroyed && !attack.over; time++) {
        attack.count('sends');
        if (!(await ask(`${path}/xhr_send`, SENDS[lane % SENDS.length] ?? ''))) break;
      }
      socket.destroy();
    }),
};

export const requestFloods: readonly Flood[] = [
  headers,
  info,
  history,
  untaken,
  filters,
  candles,
  post,
  sessions,
  sends,
  bodies,
];
