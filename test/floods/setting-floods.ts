import { randomUUID } from 'node:crypto';
import { handshake } from '../support/raw-websocket.ts';
import { makeKeys, makeToken } from '../support/tokens.ts';
import { drain, pause, stomp } from './attack.ts';
import type { Flood } from './floods.ts';
import { ISSUED } from './issuer.ts';
import { asking } from './request-floods.ts';

/** Floods upon servers that were told something beside their defaults. */

/** More connections of many addresses than the server takes; so few that one machine can make them. */
const allConnections: Flood = {
  name: 'all connections taken',
  settings: { MAX_CONNECTIONS: '100' },
  run: (attack) =>
    attack.crowd(attack.sized(1_000), async (lane) => {
      const socket = attack.connect(2 + (lane % 8));
      drain(socket);
      socket.write(lane % 2 === 0 ? handshake() : 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
      await attack.untilClosed(socket);
      await pause(200);
    }),
};

const STREAM_TOKEN = 'the-token-of-the-floods-for-streams';

/** Events that are too many, some of them too large, some by who may not. */
const ownStream = asking(
  'events of a stream too fast',
  50,
  (turn) => {
    const body = JSON.stringify({ key: `${turn % 2_000}`, text: 'x'.repeat(turn % 16 === 0 ? 17_000 : 1_000) });
    const token = turn % 16 === 1 ? 'another' : STREAM_TOKEN;
    return `POST /api/streams/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  },
  { STREAMS: 'orders:latest', STREAM_TOKEN },
);

const MODERATOR_TOKEN = 'the-token-of-the-floods-for-moderators';

/** What moderators may do: all of it, and by who only guesses. */
const MODERATION = [
  'GET /api/chat/export?room=global',
  'GET /api/moderation/audit',
  'GET /api/moderation/rules',
  'POST /api/moderation/mutes',
];
const moderation = asking(
  'moderation without end, and guesses at its token',
  50,
  (turn) => {
    const [method = '', path = ''] = (MODERATION[turn % MODERATION.length] ?? '').split(' ');
    const token = turn % 8 < 4 ? MODERATOR_TOKEN : randomUUID();
    const body = method === 'POST' ? JSON.stringify({ name: `nobody ${turn}`, seconds: 600, reason: 'none' }) : '';
    const type = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    return `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${type}\r\n${body}`;
  },
  { MODERATOR_TOKEN },
);

/** Tokens that are forged, of an unknown key, of another algorithm, of none, old, and too long. */
async function forge(): Promise<readonly string[]> {
  const { privateKey } = makeKeys(ISSUED.alg);
  const { alg, kid } = ISSUED;
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`;
  return await Promise.all([
    makeToken({}, { key: privateKey, alg, kid }),
    makeToken({}, { key: privateKey, alg, kid: 'unknown' }),
    makeToken({}, { kid }),
    makeToken({}, { key: privateKey, alg, kid, lasts: -3_600 }),
    none,
    'x'.repeat(8_193),
  ]);
}

const tokens: Flood = {
  name: 'tokens that are not valid',
  settings: { AUTH: 'jwt' },
  async run(attack) {
    const forged = await forge();
    const tokenOf = (turn: number): string => forged[turn % forged.length] ?? '';
    const requests = asking('', 30, (turn) =>
      turn % 2 === 0
        ? `GET /api/chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf(turn >> 1)}\r\n\r\n`
        : `GET /stream?access_token=${tokenOf(turn >> 1)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    const sessions = attack.crowd(20, async (lane) => {
      const socket = await attack.webSocket(3 + (lane % 4));
      if (socket === undefined) return pause(100);
      drain(socket);
      stomp(socket, `CONNECT\naccept-version:1.2\nhost:x\npasscode:${tokenOf(lane)}\n\n\0`);
      attack.count('CONNECT frames');
      await attack.untilClosed(socket);
    });
    await Promise.all([requests.run(attack), sessions]);
  },
};

export const settingFloods: readonly Flood[] = [allConnections, ownStream, moderation, tokens];
