import { deflateRawSync } from 'node:zlib';
import { seededRandom } from '../../server/engines/sources/random.ts';
import { BINARY, CLOSE, type FrameParts, frame, handshake, PING, PONG, TEXT } from '../support/raw-websocket.ts';
import { eachOf, exchange, localAddress } from './exchange.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { below, mutate, pick, type Random } from './mutate.ts';
import { Target } from './target.ts';
import { webSocketAnswers } from './websocket-answers.ts';

const LANES = 32;
/** Frames on one connection. */
const FRAMES = 12;

const STOMP = [
  'CONNECT\naccept-version:1.2\nhost:x\n\n\0',
  'STOMP\naccept-version:1.0,1.1,1.2\nhost:x\nheart-beat:1000,1000\n\n\0',
  'SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\nafter:0\n\n\0',
  'SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0',
  'SUBSCRIBE\nid:m\ndestination:/topic/market\n\n\0',
  'SEND\ndestination:/app/chat\nreceipt:r\n\n{"content":"hello"}\0',
  'SEND\ndestination:/app/typing\n\n{"typing":true}\0\n\nUNSUBSCRIBE\nid:m\n\n\0',
  'DISCONNECT\nreceipt:last\n\n\0',
  '\n',
].map((text) => Buffer.from(text));
/** What a bomb is made of: it is 4 MB once inflated. */
const BOMB = deflateRawSync(Buffer.alloc(4_194_304, 'a'), { finishFlush: 2 });

type Make = (random: Random) => readonly FrameParts[];

const makers: readonly Make[] = [
  (random) => [{ payload: pick(random, STOMP) }],
  (random) => [{ payload: pick(random, STOMP) }],
  (random) => [{ opcode: BINARY, payload: pick(random, STOMP) }],
  // In two or three fragments, a control frame between (RFC 6455 section 5.4).
  (random) => {
    const text = pick(random, STOMP);
    const at = below(random, text.length);
    return [
      { fin: false, payload: text.subarray(0, at) },
      ...(random() < 0.5 ? [{ opcode: PING, payload: 'p' }] : []),
      { opcode: 0, payload: text.subarray(at) },
    ];
  },
  (random) => [{ opcode: pick(random, [PING, PONG]), payload: Buffer.alloc(below(random, 130), 1) }],
  (random) => [
    { opcode: CLOSE, payload: pick(random, [Buffer.of(), Buffer.of(3, 232), Buffer.of(3, 237), Buffer.of(1)]) },
  ],
  (random) => [
    { opcode: below(random, 16), fin: random() < 0.7, reserved: below(random, 8), payload: pick(random, STOMP) },
  ],
  (random) => [{ reserved: 0b100, payload: deflateRawSync(pick(random, STOMP), { finishFlush: 2 }).subarray(0, -4) }],
  (random) => [
    { reserved: 0b100, payload: mutate(random() < 0.05 ? BOMB : deflateRawSync(pick(random, STOMP)), random) },
  ],
  (random) => [{ masked: random() < 0.5, payload: Buffer.alloc(below(random, 70_000), 'x') }],
];

/** What one connection sends after its handshake. */
function conversation(random: Random, count: number): Buffer {
  const sent: Buffer[] = random() < 0.7 ? [frame({ payload: STOMP[0] ?? '', opcode: TEXT })] : [];
  while (sent.length < count) sent.push(Buffer.concat(pick(random, makers)(random).map(frame)));
  const bytes = Buffer.concat(sent);
  return random() < 0.6 ? mutate(bytes, random, [bytes]) : bytes;
}

const HEADERS = [{}, { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, { 'Sec-WebSocket-Protocol': 'v12.stomp' }];
const PATHS = ['/ws-endpoint', '/ws-endpoint', '/ws-endpoint/websocket', '/ws-endpoint/000/s/websocket'];

async function* conversations(count: number, seed: number) {
  const random = seededRandom(seed);
  for (let left = count; left > 0; left -= FRAMES) {
    const frames = Math.min(FRAMES, left);
    const start = handshake({ path: pick(random, PATHS), headers: pick(random, HEADERS) });
    const bytes = Buffer.concat([Buffer.from(start), conversation(random, frames)]);
    yield { frames, bytes, half: random() < 0.9 };
  }
}

/** WebSocket frames over real connections: the server answers with legal frames alone, and ends what breaks the protocol. */
export const websocket: Fuzzer = {
  name: 'WebSocket frames',
  share: 6,
  async fuzz(count, seed) {
    await using target = await Target.start();
    const account = new Account(count);
    await eachOf(conversations(count, seed), LANES, async ({ frames, bytes, half }) => {
      try {
        const came = await exchange(target.port, bytes, { localAddress: localAddress(account.inputs), half });
        account.add(webSocketAnswers(came, bytes));
        for (let more = 1; more < frames; more++) account.add();
      } catch (error) {
        throw failure(`${error}`, bytes, seed);
      }
    });
    await target.check();
    return account.outcome();
  },
};
