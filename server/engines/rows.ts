import type { CountedCandle } from './candle-store.ts';
import type { Entry, Message } from './message-store.ts';
import type { AuditEntry, Bounds, Mute, RoomRules } from './moderation-store.ts';

/** A row of an SQL engine, by the names of its columns. What is a number may come as text or bigint. */
export type Row = Readonly<Record<string, unknown>>;

export function messageOf(row: Row): Message {
  return {
    room: String(row.room),
    seq: Number(row.seq),
    id: String(row.id),
    sender: String(row.sender),
    content: String(row.content),
    time: Number(row.time),
  };
}

/** A row without a `target` is a message. */
export function entryOf(row: Row): Entry {
  if (row.target === null) return messageOf(row);
  return { room: String(row.room), seq: Number(row.seq), target: Number(row.target), time: Number(row.time) };
}

export function candleOf(row: Row): CountedCandle {
  return {
    time: Number(row.time),
    open: Number(row.open),
    high: Number(row.high),
    low: Number(row.low),
    close: Number(row.close),
    volume: Number(row.volume),
    ticks: Number(row.ticks),
  };
}

export function muteOf({ room, key, name, until, addresses }: Row): Mute {
  // Engines keep them as the JSON of what they were given.
  const covered = JSON.parse(String(addresses)) as Mute['addresses'];
  return { room: String(room), key: String(key), name: String(name), until: Number(until), addresses: covered };
}

export function rulesOf({ room, slow_mode, closed }: Row): RoomRules {
  return { room: String(room), slowMode: Number(slow_mode), closed: Number(closed) === 1 };
}

export function auditEntryOf({ id, time, by, action, target, reason }: Row): AuditEntry {
  return {
    id: Number(id),
    time: Number(time),
    by: String(by),
    action: String(action),
    target: String(target),
    reason: String(reason),
  };
}

/** Those of a room's oldest rows, given in the order of their `seq`, that are beyond the bounds. The head stays. */
export function beyond(oldest: readonly Row[], head: number, { rows, before }: Bounds): readonly Row[] {
  const goes = ({ seq, time }: Row): boolean =>
    Number(seq) < head && ((rows > 0 && Number(seq) <= head - rows) || Number(time) < before);
  const end = oldest.findIndex((row) => !goes(row));
  return end === -1 ? oldest : oldest.slice(0, end);
}
