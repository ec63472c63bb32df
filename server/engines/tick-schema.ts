import Type from 'typebox';

/** The first moment of 2100: what lies behind it is not in milliseconds, and would stand before all candles for ever. */
export const LATEST = 4_102_444_800_000;

/** A tick as any program may write it into the log, and as it is sent. Lengths are in code points. */
export const tickSchema = Type.Object(
  {
    symbol: Type.String({ minLength: 1, maxLength: 64, examples: ['BTC-USD'] }),
    price: Type.Number({ examples: [64_250.5] }),
    size: Type.Number({ description: 'How much changed hands.', examples: [0.012] }),
    side: Type.Optional(Type.Union([Type.Literal('buy'), Type.Literal('sell')], { description: 'Who took.' })),
    change: Type.Number({
      description: 'Against the first price of the last 24 hours, in per cent.',
      examples: [1.25],
    }),
    time: Type.Integer({
      minimum: 0,
      maximum: LATEST,
      description: 'Milliseconds since 1970.',
      examples: [1_735_689_600_000],
    }),
  },
  { description: 'One price change of one symbol.' },
);
