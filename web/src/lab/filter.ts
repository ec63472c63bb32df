import type { Entry } from './entry.ts';
import { type Summary, summaryOf } from './summary.ts';

/** What of the list is shown. */
export interface Filter {
  readonly protocol: 'all' | 'websocket' | 'sockjs' | 'sse';
  readonly from: 'both' | 'client' | 'server';
  /** What kind, connection or summary must have in it, in whatever case. */
  readonly text: string;
}

export const everything: Filter = { protocol: 'all', from: 'both', text: '' };

/** An entry with its summary, which is made once. */
export interface Row {
  readonly entry: Entry;
  readonly summary: Summary;
}

const rows = new WeakMap<Entry, Row>();

/** The row of an entry: always the same one. */
function rowOf(entry: Entry): Row {
  let row = rows.get(entry);
  if (row === undefined) {
    row = { entry, summary: summaryOf(entry) };
    rows.set(entry, row);
  }
  return row;
}

/** The rows that a filter lets through, in their order. */
export function filtered(entries: readonly Entry[], { protocol, from, text }: Filter): Row[] {
  const wanted = text.trim().toLowerCase();
  return entries
    .filter((entry) => protocol === 'all' || entry.connection.protocol === protocol)
    .filter((entry) => from === 'both' || entry.from === from)
    .map(rowOf)
    .filter(({ entry, summary }) => {
      if (wanted === '') return true;
      return `${summary.kind} ${entry.connection.name} ${summary.text}`.toLowerCase().includes(wanted);
    });
}
