import type { ShownMessage } from './message.ts';

/** One row of the message list. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly time: number }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ShownMessage;
      /** It begins a group: name and time are shown. */
      readonly head: boolean;
    };

/** What the rows are made of. */
export interface RowSource {
  readonly messages: readonly ShownMessage[];
  /** The seq of the first message that was not read; a line stands before it. */
  readonly firstNew?: number | undefined;
  /** Names the local day of a time. */
  dayOf(time: number): string;
}

const GROUP_MS = 5 * 60_000;

/**
 * The rows of the list: a separator where the day changes and where the unread messages begin, and messages that one sender
 * wrote shortly after one another in a group.
 */
export function rowsOf({ messages, firstNew, dayOf }: RowSource): readonly Row[] {
  const rows: Row[] = [];
  let before: ShownMessage | undefined;
  let day = '';
  let read = firstNew !== undefined;
  for (const message of messages) {
    const today = dayOf(message.time);
    if (today !== day) {
      // The same day may come twice where clocks differ; the seq keeps the keys apart.
      rows.push({ kind: 'day', key: `day ${today} ${message.seq ?? message.id}`, time: message.time });
      before = undefined;
    }
    day = today;
    if (read && (message.seq ?? 0) >= (firstNew ?? 0)) {
      read = false;
      rows.push({ kind: 'new', key: `new ${firstNew}` });
      before = undefined;
    }
    rows.push(messageRow(message, before));
    before = message;
  }
  return rows;
}

/** The rows that messages had before: a long list is made anew with each message, its rows are not. */
const made = new WeakMap<ShownMessage, Extract<Row, { kind: 'message' }>>();

function messageRow(message: ShownMessage, before: ShownMessage | undefined): Row {
  const head = before === undefined || before.sender !== message.sender || message.time - before.time > GROUP_MS;
  const known = made.get(message);
  if (known?.head === head) return known;
  const row = { kind: 'message', key: `${message.sender} ${message.id}`, message, head } as const;
  made.set(message, row);
  return row;
}
