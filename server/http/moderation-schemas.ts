import Type from 'typebox';
import { defaults, roomQuerySchema } from './schemas.ts';

// What moderation takes and gives. Descriptions of what is taken follow the words "must be".

const time = Type.Integer({ description: 'Milliseconds since 1970.', examples: [1_735_689_600_000] });
const reason = Type.Optional(
  Type.String({ maxLength: 500, description: 'a text of at most 500 characters: why, for the audit' }),
);
const name = Type.String({ minLength: 1, maxLength: 100, description: 'a name of 1 to 100 characters' });
const word = Type.String({ minLength: 1, maxLength: 64, description: 'a word of 1 to 64 characters' });
const someRoom = Type.Optional(Type.String({ description: 'the name of a room; without it, all rooms are meant' }));

export const deleteQuerySchema = Type.Object({
  ...roomQuerySchema.properties,
  seq: Type.Integer({ minimum: 1, description: 'the seq of a message' }),
  reason,
});
export const deletionSchema = Type.Object(
  {
    seq: Type.Integer({ description: 'The place of the deletion in the room’s order.', examples: [57] }),
    target: Type.Integer({ description: 'The seq of the message that is gone.', examples: [42] }),
    time,
  },
  { description: 'It is deleted, now or before.' },
);

export const muteBodySchema = Type.Object({
  name,
  room: someRoom,
  seconds: Type.Integer({
    minimum: 1,
    maximum: 31_536_000,
    description: 'a whole number of seconds from 1 to 31536000, a year',
  }),
  reason,
});
const muteSchema = Type.Object({
  name: Type.String({ examples: ['Ann'] }),
  room: Type.String({ description: 'Empty for all rooms.' }),
  until: time,
});
export const mutedSchema = { ...muteSchema, description: 'It holds now.' };
export const unmutedSchema = Type.Object(
  { name: muteSchema.properties.name, room: muteSchema.properties.room },
  { description: 'It does not hold any more.' },
);
export const unmuteQuerySchema = Type.Object({ name, room: someRoom, reason });

/** Six hours: the longest slow mode that people know from elsewhere. */
const LONGEST = 21_600;
export const roomBodySchema = Type.Object({
  room: Type.String({ description: 'the name of a room', examples: [defaults.room] }),
  slowMode: Type.Integer({
    minimum: 0,
    maximum: LONGEST,
    description: `a whole number of seconds from 0 (off) to ${LONGEST}: the time between two messages of one sender`,
  }),
  closed: Type.Boolean({ description: 'true or false: whether only moderators may send' }),
  reason,
});
const roomSchema = Type.Object({
  room: Type.String({ examples: ['global'] }),
  slowMode: Type.Integer({ description: 'Seconds between two messages of one sender; 0 is off.' }),
  closed: Type.Boolean({ description: 'Only moderators may send.' }),
});
export const roomSetSchema = { ...roomSchema, description: 'It holds now.' };
export const roomsSchema = Type.Object(
  { rooms: Type.Array(roomSchema) },
  { description: 'All rooms, and what holds in each.' },
);

export const wordBodySchema = Type.Object({ word, reason });
export const wordQuerySchema = Type.Object({ word, reason });
export const wordSchema = Type.Object({ word: Type.String() }, { description: 'The word as it is compared.' });

export const rulesSchema = Type.Object(
  { mutes: Type.Array(muteSchema), rooms: Type.Array(roomSchema), words: Type.Array(Type.String()) },
  { description: 'What holds now.' },
);

/** Entries of one answer about the audit, at most. */
const MOST_ENTRIES = 200;
export const auditQuerySchema = Type.Object({
  before: Type.Optional(
    Type.Integer({ minimum: 1, description: 'an id, at least 1: entries before that one are given' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MOST_ENTRIES,
      default: 50,
      description: `a whole number from 1 to ${MOST_ENTRIES}: how many entries at most`,
    }),
  ),
});
export const auditSchema = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        id: Type.Integer(),
        time,
        by: Type.String({ description: 'The name of a token, or `moderator` or `admin` for a shared one.' }),
        action: Type.String({ examples: ['delete'] }),
        target: Type.String({ examples: ['global/42'] }),
        reason: Type.String(),
      }),
    ),
  },
  { description: 'Who did what, the newest first.' },
);

export const exportQuerySchema = Type.Object({
  ...roomQuerySchema.properties,
  from: Type.Optional(Type.Integer({ minimum: 1, description: 'a seq, at least 1: the first that is exported' })),
  to: Type.Optional(Type.Integer({ minimum: 1, description: 'a seq, at least 1: the last that is exported' })),
});
