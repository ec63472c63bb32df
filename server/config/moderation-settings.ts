import type { Setting } from './settings.ts';

/** The settings of moderation and retention; see docs/moderation.md. */
export const moderationSettings = {
  MODERATOR_TOKEN: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{24,256}$/,
    patternText: '24 to 256 printable characters without blanks',
    text: 'Who brings it may moderate over the API of the public port, beside tokens with the scope moderate.',
  },
  CHAT_RETENTION_DAYS: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 36_500,
    unit: 'days',
    text: 'How long chat messages are kept; 0 keeps them for ever. The newest of a room always stays.',
  },
  CHAT_RETENTION_ROWS: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000_000,
    unit: 'messages',
    text: 'How many chat messages of a room are kept, deletions counted; 0 keeps all.',
  },
} as const satisfies Record<string, Setting>;
