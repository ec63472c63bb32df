import { randomUUID } from 'node:crypto';
import { type Attack, drain, pause, sendFast, stomp } from './attack.ts';
import type { Flood } from './floods.ts';

/** A round of messages and of typing, in milliseconds; with so many in each, a session is below its own limits. */
const ROUND = 500;
const MESSAGES = 9;
const TYPING = 4;

/** Sessions of which each keeps within its limits, and all together do not. */
const oneAddress: Flood = {
  name: 'messages and typing of one address',
  run: (attack) =>
    attack.crowd(attack.sized(200), async () => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      drain(socket);
      stomp(socket, 'SUBSCRIBE\nid:errors\ndestination:/user/queue/errors\n\n\0');
      while (!attack.over && !socket.destroyed) {
        for (let time = 0; time < MESSAGES; time++)
          stomp(socket, `SEND\ndestination:/app/chat\n\n${JSON.stringify({ content: randomUUID() })}\0`);
        for (let time = 0; time < TYPING; time++)
          stomp(socket, `SEND\ndestination:/app/typing\n\n{"typing":${time % 2 === 0}}\0`);
        attack.count('messages', MESSAGES);
        attack.count('typing events', TYPING);
        await pause(ROUND);
      }
      socket.destroy();
    }),
};

/** Refusals of which each is told to as many subscriptions as may be, and to more. */
const toldTwice: Flood = {
  name: 'refusals told many times',
  run: (attack) =>
    attack.crowd(20, async () => {
      const socket = await attack.session(2);
      if (socket === undefined) return pause(100);
      for (let id = 0; id < 20; id++) stomp(socket, `SUBSCRIBE\nid:e${id}\ndestination:/user/queue/errors\n\n\0`);
      await sendFast(attack, socket, `SEND\ndestination:/app/${'x'.repeat(500)}\nreceipt:r\n\n{}\0`, 'messages');
    }),
};

/** The windows of subscriptions: none, one message, the most, and too large. */
const WINDOWS = ['0', '1', '10000', '10001'];

/** Subscriptions to all that there was, of which nothing is acknowledged, and what was never sent is. */
const neverAcknowledged: Flood = {
  name: 'messages that nobody acknowledges',
  run: (attack) => attack.crowd(attack.sized(100), (lane) => takeWithoutAcknowledging(attack, lane)),
};

async function takeWithoutAcknowledging(attack: Attack, lane: number): Promise<void> {
  const socket = await attack.session(2);
  if (socket === undefined) return pause(100);
  drain(socket);
  stomp(socket, 'SUBSCRIBE\nid:errors\ndestination:/user/queue/errors\n\n\0');
  for (let id = 0; id < 50; id++) {
    const mode = id % 2 === 0 ? 'client' : 'client-individual';
    const headers = `id:${lane}-${id}\nack:${mode}\nprefetch-count:${WINDOWS[id % 4]}\nafter:0`;
    stomp(socket, `SUBSCRIBE\n${headers}\ndestination:/topic/chat\n\n\0`);
    attack.count('subscriptions');
  }
  while (!attack.over && !socket.destroyed) {
    stomp(socket, `ACK\nid:${lane}-${attack.over}\n\n\0NACK\nid:${lane}-1_1\n\n\0`);
    attack.count('acknowledgements', 2);
    await pause(50);
  }
  socket.destroy();
}

export const sessionFloods: readonly Flood[] = [oneAddress, toldTwice, neverAcknowledged];
