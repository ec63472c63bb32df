import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { readMessage } from '../../server/chat/message.ts';
import { readNews, writeNews } from '../../server/chat/news.ts';
import { ChatStats } from '../../server/chat/stats.ts';
import { Typing } from '../../server/chat/typing.ts';
import { readTypist } from '../../server/chat/typist.ts';
import { decodeTick, encodeTick } from '../../server/engines/kafka/tick-record.ts';
import { errorTable, Refusal } from '../../server/errors.ts';
import { Hub } from '../../server/hub/hub.ts';
import { formatPosition, parsePosition } from '../../server/market/position.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Account, type Fuzzer, failure } from './fuzzer.ts';
import { jsonWith, texts } from './inputs.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });
const content = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, 2 ** 53, 1e308));

/** A fuzzer of a pure function: `check` returns why an input was refused, and throws where the answer is not a legal one. */
function ofFunction(fuzzer: {
  readonly name: string;
  readonly structure: fc.Arbitrary<string>;
  check(text: string): string | undefined;
}): Fuzzer {
  return {
    name: fuzzer.name,
    share: 2,
    async fuzz(count, seed) {
      const account = new Account(count);
      for await (const { text } of texts(fuzzer.structure, count, seed)) {
        try {
          account.add(fuzzer.check(text));
        } catch (error) {
          throw failure(`${fuzzer.name}: ${error}`, text, seed);
        }
      }
      return account.outcome();
    },
  };
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** The code of the refusal that `read` throws; nothing else may be thrown. */
function codeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(errorTable[error.code].status === 400, `${error.code} is no answer to a wrong body`);
    return error.code;
  }
}

const ticks = ofFunction({
  name: 'ticks in Kafka',
  structure: jsonWith({
    symbol: fc.string({ minLength: 1, maxLength: 70 }),
    price: number,
    size: number,
    side: fc.constantFrom('buy', 'sell', undefined),
    change: number,
    time: fc.nat(),
  }),
  check(text) {
    const tick = decodeTick(Buffer.from(text));
    if (tick === undefined) return 'no tick';
    const again = decodeTick(encodeTick(tick).value);
    // JSON has no negative zero.
    expect(JSON.stringify(again) === JSON.stringify(tick), 'a tick that was read is written as another');
    return undefined;
  },
});

const EPOCH = 'epoch-1';
const news = ofFunction({
  name: 'messages between instances',
  structure: jsonWith({
    from: fc.string(),
    epoch: fc.constantFrom(EPOCH, EPOCH, EPOCH, 'another'),
    room: fc.string(),
    seq: fc.integer({ min: 1 }),
    id: fc.string({ minLength: 1 }),
    sender: name,
    content,
    time: fc.integer(),
  }),
  check(text) {
    const message = readNews(text, EPOCH);
    if (message === undefined) return 'no message of ours';
    const again = readNews(writeNews('me', EPOCH, message), EPOCH);
    expect(isDeepStrictEqual(again, message), 'a message that was read is written as another');
    return undefined;
  },
});

const messages = ofFunction({
  name: 'chat messages',
  structure: jsonWith({ id: fc.uuid(), sender: name, content }),
  check: (text) => codeOf(() => readMessage(Buffer.from(text))),
});

const typists = ofFunction({
  name: 'typing of clients',
  structure: jsonWith({ sender: name, typing: fc.boolean() }),
  check: (text) => codeOf(() => readTypist(Buffer.from(text))),
});

/** Beats between inputs, in milliseconds of the fuzzer's own clock. */
const BEAT = 50;

const typing: Fuzzer = {
  name: 'typing of other instances',
  async fuzz(count, seed) {
    const structure = jsonWith({
      from: fc.string({ minLength: 1, maxLength: 210 }),
      users: fc.array(name, { maxLength: 6 }),
      count: fc.nat(1_100_000),
    });
    const clock = new ManualClock();
    const hub = new Hub({ clock, latencyBudget: 250, stallTimeout: 30_000 });
    const stats = new ChatStats();
    const backplane = {
      up: false,
      publish: () => Promise.reject(),
      subscribe: async () => undefined,
      close: async () => undefined,
    };
    const part = new Typing({ hub, backplane, clock, stats, instance: 'me' });
    const account = new Account(count);
    try {
      for await (const { text } of texts(structure, count, seed)) {
        const before = stats.strange;
        part.hear(text);
        account.add(stats.strange > before ? 'no report' : undefined);
        clock.advance(BEAT);
      }
    } finally {
      part.close();
      hub.close();
    }
    return account.outcome();
  },
};

const positions = ofFunction({
  name: 'ids of events',
  structure: fc.oneof(
    fc
      .tuple(fc.stringMatching(/^[\w.-]{1,64}$/), fc.array(fc.nat(), { minLength: 1, maxLength: 66 }))
      .map(([epoch, vector]) => formatPosition(epoch, vector)),
    fc.string({ unit: 'binary' }),
  ),
  check(text) {
    const position = parsePosition(text);
    if (position === undefined) return 'no position';
    const { epoch, vector } = position;
    expect(
      vector.length <= 64 && vector.every((offset) => Number.isSafeInteger(offset) && offset >= 0),
      'a wrong vector',
    );
    expect(
      isDeepStrictEqual(parsePosition(formatPosition(epoch, vector)), position),
      'a position is written as another',
    );
    return undefined;
  },
});

/** Whatever other parts of a system, and clients by way of them, may send: decoders that are pure. */
export const decoders: readonly Fuzzer[] = [ticks, news, messages, typists, typing, positions];
