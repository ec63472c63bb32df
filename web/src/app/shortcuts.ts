/** A key, or several, and what it does. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

/** The keys of the page, as its help shows them. What they do is done where they are pressed. */
export const SHORTCUTS: readonly { readonly title: string; readonly keys: readonly Shortcut[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      { keys: ['?'], does: 'Show this list' },
      { keys: ['M'], does: 'Write a message' },
      { keys: ['Alt', '↑ ↓'], does: 'Go to the room above or below' },
      { keys: ['/'], does: 'Search symbols' },
      { keys: ['Esc'], does: 'Close what is open, leave a field' },
    ],
  },
  {
    title: 'Writing',
    keys: [
      { keys: ['Enter'], does: 'Send' },
      { keys: ['Shift', 'Enter'], does: 'Begin a new line' },
      { keys: [':name:'], does: 'An emoji, such as :rocket:' },
    ],
  },
  {
    title: 'Messages',
    keys: [
      { keys: ['↑ ↓'], does: 'Go from message to message' },
      { keys: ['C'], does: 'Copy the message' },
      { keys: ['End'], does: 'Jump to the newest' },
    ],
  },
  {
    title: 'Prices',
    keys: [
      { keys: ['↑ ↓'], does: 'Go from symbol to symbol' },
      { keys: ['Enter'], does: 'Show its chart' },
      { keys: ['S'], does: 'Mark as a favourite' },
    ],
  },
];
