import type { Setting } from './settings.ts';

/** The settings of the operator's doors on the admin port; see docs/production/ops.md. */
export const opsSettings = {
  ADMIN_TOKEN: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{16,256}$/,
    patternText: '16 to 256 printable characters without blanks',
    text: 'Who brings it may see and do everything at /ops of the admin port. Without it only this machine itself may.',
  },
  ADMIN_PEERS: {
    type: 'list',
    default: [],
    pattern: /^https?:\/\/[\w.-]+(?::\d{1,5})?$/,
    patternText: 'addresses such as http://10.0.0.2:9090',
    text: 'Admin ports of other instances, shown at /ops beside this one; they need the same ADMIN_TOKEN.',
  },
} as const satisfies Record<string, Setting>;
