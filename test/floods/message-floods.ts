import { deflateRawSync, gzipSync } from 'node:zlib';
import { frame, PING } from '../support/raw-websocket.ts';
import { drain, pause, sendFast, stomp } from './attack.ts';
import type { Flood } from './floods.ts';

/** 10 MB that are 10 KB. */
const BOMB = deflateRawSync(Buffer.alloc(10_485_760), { finishFlush: 2 }).subarray(0, -4);
const BOMB_FRAME = frame({ reserved: 0b100, payload: BOMB });
const GZIP = gzipSync(Buffer.alloc(10_485_760));
const GZIP_POST = Buffer.concat([
  Buffer.from(
    `POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${GZIP.length}\r\nConnection: close\r\n\r\n`,
  ),
  GZIP,
]);

const zipBombs: Flood = {
  name: 'zip bombs',
  run: (attack) =>
    attack.crowd(30, async (lane) => {
      if (lane % 3 === 0) {
        const socket = attack.connect(2 + (lane % 4));
        socket.write(GZIP_POST);
        await attack.answered(socket);
        socket.destroy();
        return;
      }
      const socket = await attack.webSocket(2 + (lane % 4), { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      if (socket === undefined) return pause(100);
      drain(socket);
      attack.count('bombs');
      socket.write(BOMB_FRAME);
      await attack.untilClosed(socket);
    }),
};

/** Messages of the size that is allowed, of heart-beats and of SENDs, four hundred of which one read brings. */
const DEFLATED: readonly Buffer[] = ['\n', 'SEND\ndestination:/app/nothing\n\n{}\0'].map((text) => {
  const whole = Buffer.from(text.repeat(Math.floor(130_000 / text.length)));
  const payload = deflateRawSync(whole, { finishFlush: 2 }).subarray(0, -4);
  return Buffer.concat(Array.from({ length: 400 }, () => frame({ reserved: 0b100, payload })));
});

/** What it leaves in the kernel's buffers is read for many seconds after its end: it comes last upon a server. */
export const inflating: Flood = {
  name: 'messages that inflate',
  run: (attack) =>
    attack.crowd(20, async (lane) => {
      const socket = await attack.webSocket(2 + (lane % 4), { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      if (socket === undefined) return pause(100);
      drain(socket);
      stomp(socket, 'CONNECT\naccept-version:1.2\n\n\0');
      stomp(socket, 'SUBSCRIBE\nid:errors\ndestination:/user/queue/errors\n\n\0');
      const many = DEFLATED[lane % DEFLATED.length] ?? '';
      while (!attack.over && !socket.destroyed) {
        attack.count('messages of 130 KB', 400);
        await (socket.write(many) ? pause(50) : pause(200));
      }
      socket.destroy();
    }),
};

/** Sessions with as many subscriptions as they may have and one more, of all kinds, with ids of their own. */
const subscriptions: Flood = {
  name: '100,000 subscriptions',
  run: (attack) =>
    attack.crowd(attack.sized(400), async (lane) => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      drain(socket);
      stomp(socket, 'SUBSCRIBE\nid:errors\ndestination:/user/queue/errors\n\n\0');
      const topics = ['chat', 'typing', 'presence', 'market'];
      let text = '';
      for (let id = 0; id < 256; id++)
        text += `SUBSCRIBE\nid:${lane}-${id}\ndestination:/topic/${topics[id % 4]}\n\n\0`;
      for (let at = 0; at < text.length; at += 16_000) stomp(socket, text.slice(at, at + 16_000));
      attack.count('subscriptions', 256);
      await attack.untilClosed(socket);
    }),
};

function fast(name: string, destination: string, body: string): Flood {
  return {
    name,
    run: (attack) =>
      attack.crowd(20, async () => {
        const socket = await attack.session(2);
        if (socket === undefined) return pause(100);
        await sendFast(attack, socket, `SEND\ndestination:${destination}\n\n${body}\0`, 'messages');
      }),
  };
}

const chat = fast('chat messages too fast', '/app/chat', JSON.stringify({ content: 'x'.repeat(1_900) }));
const typing = fast('typing too fast', '/app/typing', '{"typing":true}');
const beats = fast('frames without end', '/app/nothing', '{}');

/** Subscriptions that come and go, each from the first message on. */
const churn: Flood = {
  name: 'subscriptions that come and go',
  run: (attack) =>
    attack.crowd(20, async () => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      const text = 'SUBSCRIBE\nid:a\ndestination:/topic/chat\nafter:0\n\n\0UNSUBSCRIBE\nid:a\n\n\0';
      await sendFast(attack, socket, text, 'subscriptions');
    }),
};

/** A frame for each of some transactions. */
function ofEach(command: string, count: number): string {
  return Array.from({ length: count }, (_, number) => `${command}\ntransaction:t${number}\n\n\0`).join('');
}

/** Transactions with a frame more than one may hold, and one more than may be open; all of it aborted, and again. */
const transactions: Flood = {
  name: 'transactions too large',
  run: (attack) =>
    attack.crowd(20, async () => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      const sends = 'SEND\ndestination:/app/chat\ntransaction:t0\n\n{"content":"x"}\0'.repeat(101);
      const text = `${ofEach('BEGIN', 17)}${sends}${ofEach('ABORT', 16)}`;
      await sendFast(attack, socket, text, 'rounds of transactions');
    }),
};

/** Pings that want an answer each, and nobody who reads it. */
const pings: Flood = {
  name: 'pings without end',
  run: (attack) =>
    attack.crowd(20, async () => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      socket.pause();
      const many = Buffer.concat(Array.from({ length: 100 }, () => frame({ opcode: PING, payload: 'x'.repeat(120) })));
      while (!attack.over && !socket.destroyed) {
        const more = socket.write(many);
        attack.count('pings', 100);
        await (more ? pause(5) : pause(50));
      }
      socket.destroy();
    }),
};

const LARGE: readonly Buffer[] = [
  frame({ payload: Buffer.alloc(200_000, 'x') }),
  frame({ payload: `SEND\ndestination:/app/chat\n\n${'x'.repeat(70_000)}\0` }),
  Buffer.concat(Array.from({ length: 3_000 }, () => frame({ fin: false, opcode: 0, payload: 'x' }))),
  frame({ payload: `CONNECT\n${'a:b\n'.repeat(16_000)}\n\0` }),
];

/** Frames above each limit, and what comes in too many pieces. */
const large: Flood = {
  name: 'too large, too many fragments',
  run: (attack) =>
    attack.crowd(30, async (lane) => {
      const socket = await attack.webSocket(2 + (lane % 4));
      if (socket === undefined) return pause(100);
      drain(socket);
      if (lane % LARGE.length === 2) socket.write(frame({ fin: false, payload: 'x' }));
      socket.write(LARGE[lane % LARGE.length] ?? '');
      attack.count('frames');
      await attack.untilClosed(socket);
    }),
};

export const messageFloods: readonly Flood[] = [
  zipBombs,
  subscriptions,
  chat,
  typing,
  beats,
  churn,
  transactions,
  pings,
  large,
];
