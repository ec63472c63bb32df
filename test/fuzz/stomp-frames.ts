import fc from 'fast-check';

/** What a client does, or what happens to it. */
export type Step =
  | { readonly kind: 'frame'; readonly command: string; readonly headers: readonly Header[]; readonly body: string }
  | { readonly kind: 'append' | 'time'; readonly count: number }
  | { readonly kind: 'answer'; readonly accepted: boolean }
  | { readonly kind: 'block' | 'unblock' | 'beat' };

export type Header = readonly [name: string, value: string];

export interface Conversation {
  /** The versions that it offers. */
  readonly offered: string;
  readonly steps: readonly Step[];
  /** Where the bytes are cut: a part of the length of each piece. */
  readonly cut: number;
  readonly lineEnd: string;
  /** Whether it sends what would end it, and has no error queue. */
  readonly rash: boolean;
}

const commands = ['SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT'];
const rare = ['DISCONNECT', 'CONNECT', 'STOMP', 'MESSAGE', 'send', '', 'HELLO WORLD'];
const LONG = 'x'.repeat(256);
const ids = ['0', '1', '2', 'a\\cb', LONG];
const subscriptions = fc.constantFrom(...ids);
/** What the headers say, most of it true enough to lead far inside. */
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  destination: fc.constantFrom(
    '/topic/chat',
    '/topic/state',
    '/app/chat',
    '/app/chat',
    '/user/queue/errors',
    '/topic/none',
  ),
  id: fc.oneof(subscriptions, ackIds(), fc.constantFrom('', 'nobody', '1@', '@1')),
  subscription: subscriptions,
  'message-id': fc.oneof(ackIds(), fc.constantFrom('', '1', '@')).map((id) => `chat-1@${id}`),
  transaction: fc.constantFrom('t', 'u', 'v', LONG, `${LONG}x`),
  ack: fc.constantFrom('auto', 'client', 'client', 'client-individual', 'never'),
  'prefetch-count': fc.constantFrom('1', '2', '7', '1000', '0', 'many'),
  after: fc.constantFrom('0', '1', '5', 'later', '999999999', 'x'),
  'content-length': fc.constantFrom('0', '1', '5', '70000', '-1', 'x'),
  'heart-beat': fc.constantFrom('0,0', '1,1', '10000,10000', 'x'),
  'accept-version': fc.constantFrom('1.2', '1.0', '9'),
  login: fc.string({ maxLength: 8 }),
};
/** Which headers a command needs, and which others it knows; those of ACK are of different versions. */
const known: Readonly<Record<string, readonly [needed: readonly string[], others: readonly string[]]>> = {
  SEND: [['destination'], ['transaction']],
  SUBSCRIBE: [
    ['id', 'destination'],
    ['ack', 'prefetch-count', 'after'],
  ],
  UNSUBSCRIBE: [['id'], []],
  ACK: [['id', 'subscription', 'message-id'], ['transaction']],
  NACK: [['id', 'subscription', 'message-id'], ['transaction']],
  BEGIN: [['transaction'], []],
  COMMIT: [['transaction'], []],
  ABORT: [['transaction'], []],
};

function ackIds(): fc.Arbitrary<string> {
  return fc.tuple(fc.integer({ min: -1, max: 40 }), subscriptions).map(([position, id]) => `${position}@${id}`);
}

function header(name: string): fc.Arbitrary<Header> {
  return (values[name] ?? fc.string({ maxLength: 10 })).map((value): Header => [name, value]);
}

const strange: fc.Arbitrary<Header> = fc.oneof(
  fc.constantFrom(...Object.keys(values)).chain(header),
  fc.tuple(fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 10 })),
);

function frame(command: string): fc.Arbitrary<Step> {
  const [needed, others] = known[command] ?? [[], []];
  return fc.record({
    kind: fc.constant('frame' as const),
    command: fc.constant(command),
    headers: fc
      .tuple(fc.tuple(...needed.map(header)), fc.subarray(others.map(header)), fc.noBias(fc.nat(59)), strange)
      .chain(([first, some, luck, other]) =>
        fc.tuple(...some).map((more): readonly Header[] => {
          if (luck === 0) return [...first.slice(1), ...more];
          return luck < 3 ? [...first, other, ...more] : [...first, ...more];
        }),
      ),
    body: fc.constantFrom('', '{}', '{"content":"é"}', 'x'.repeat(3_000), 'a\nb'),
  });
}

const step: fc.Arbitrary<Step> = fc.noBias(
  fc.oneof(
    { weight: 200, arbitrary: fc.constantFrom(...commands).chain(frame) },
    { weight: 1, arbitrary: fc.constantFrom(...rare).chain(frame) },
    {
      weight: 10,
      arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 30 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('time' as const), count: fc.constantFrom(10, 1_100, 12_000) }),
    },
    { weight: 40, arbitrary: fc.record({ kind: fc.constant('answer' as const), accepted: fc.boolean() }) },
    {
      weight: 12,
      arbitrary: fc.record({ kind: fc.constantFrom('block' as const, 'unblock' as const, 'beat' as const) }),
    },
  ),
);

export const conversation: fc.Arbitrary<Conversation> = fc.record({
  offered: fc.constantFrom('1.2', '1.2', '1.1', '1.0', '1.0,1.1,1.2'),
  steps: fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  lineEnd: fc.constantFrom('\n', '\n', '\n', '\r\n'),
  rash: fc.noBias(fc.nat(9)).map((luck) => luck === 0),
});
