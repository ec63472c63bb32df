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

/** Requests on connections that stay open, as fast as they are answered. */
function asking(name: string, lanes: number, request: () => string): Flood {
  return {
    name,
    run: (attack) =>
      attack.crowd(lanes, async () => {
        const socket = attack.connect(2);
        socket.on('data', (bytes: Buffer) => {
          if (bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 429') attack.count('refused with 429');
        });
        while (!attack.over && !socket.destroyed) {
          socket.write(request());
          attack.count('requests');
          if (!(await attack.answered(socket))) break;
        }
        socket.destroy();
        await pause(20);
      }),
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
const filters = asking('filters too long', 50, () => `GET /stream?symbols=${symbols} HTTP/1.1\r\nHost: x\r\n\r\n`);
const bodies = asking(
  'bodies too large',
  20,
  () =>
    `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
);

export const requestFloods: readonly Flood[] = [headers, info, history, filters, post, sessions, bodies];
