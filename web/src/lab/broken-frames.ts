/** NUL as a text field can show it, in the notation of terminals. */
export const NUL_SIGN = '^@';

/** A frame to begin with in the field where one writes one's own. */
export interface Preset {
  readonly name: string;
  readonly text: string;
}

/** Right ones and broken ones. */
export const presets: readonly Preset[] = [
  { name: 'CONNECT', text: `CONNECT\naccept-version:1.2\nhost:localhost\nlogin:lab\nheart-beat:0,0\n\n${NUL_SIGN}` },
  { name: 'SUBSCRIBE to the chat', text: `SUBSCRIBE\nid:lab-0\ndestination:/topic/chat\nreceipt:r-1\n\n${NUL_SIGN}` },
  {
    name: 'SEND a message to the chat',
    text: `SEND\ndestination:/app/chat\ncontent-type:application/json\nreceipt:r-2\n\n{"content":"Hello from the Lab"}${NUL_SIGN}`,
  },
  { name: 'Broken: SUBSCRIBE without an id', text: `SUBSCRIBE\ndestination:/topic/chat\n\n${NUL_SIGN}` },
  { name: 'Broken: no such command', text: `SHOUT\ndestination:/topic/chat\n\nhello${NUL_SIGN}` },
  { name: 'Broken: a header without a colon', text: `SEND\ndestination /app/chat\n\nhello${NUL_SIGN}` },
  {
    name: 'Broken: an escape that STOMP does not know',
    text: `SEND\ndestination:/app/chat\nname:a\\tb\n\nhello${NUL_SIGN}`,
  },
  { name: 'A heart-beat', text: '\n' },
];

/** The field's text as it goes out. */
export function frameText(text: string): string {
  return text.replaceAll(NUL_SIGN, '\u0000');
}
