import type { ShownMessage } from './message.ts';

/** One row of the message list. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly time: number }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ShownMessage;
      /** It begins a group: name and time are shown. */
      readonly head: boolean;
    };

const GROUP_MS = 5 * 60_000;

/**
 * The rows of the list: a separator where the day changes, and messages that one sender wrote shortly after one another in
 * a group. `dayOf` names the local day of a time.
 */
export function rowsOf(messages: readonly ShownMessage[], dayOf: (time: number) => string): readonly Row[] {
  const rows: Row[] = [];
  let before: ShownMessage | undefined;
  let day = '';
  for (const message of messages) {
    const today = dayOf(message.time);
    if (today !== day) {
      // The same day may come twice where clocks differ; the seq keeps the keys apart.
      rows.push({ kind: 'day', key: `day ${today} ${message.seq ?? message.id}`, time: message.time });
      before = undefined;
    }
    day = today;
    const head = before === undefined || before.sender !== message.sender || message.time - before.time > GROUP_MS;
    rows.push({ kind: 'message', key: `${message.sender} ${message.id}`, message, head });
    before = message;
  }
  return rows;
}
