import type { Setting } from './settings.ts';

/** The settings of the Protocol Lab's debug stream; see docs/protocol-lab.md. */
export const labSettings = {
  PROTOCOL_LAB: {
    type: 'choice',
    default: 'off',
    choices: ['off', 'on'],
    text: 'Whether the Protocol Lab of the page may watch the raw bytes of its own connections.',
  },
  LAB_WATCHES: {
    type: 'integer',
    default: 20,
    min: 1,
    max: 10_000,
    text: 'How many may watch their connections in the Protocol Lab of a process at one time.',
  },
  LAB_BYTES_PER_SECOND: {
    type: 'integer',
    default: 262_144,
    min: 4_096,
    max: 16_777_216,
    unit: 'bytes/s',
    text: 'What one who watches in the Protocol Lab is sent at most; what is above it is left out, and counted.',
  },
} as const satisfies Record<string, Setting>;
