import { escape as quote } from 'mysql2';
import { erasedKey } from '../erased-key.ts';
import type { Deletion } from '../message-store.ts';
import type { Action, AuditEntry, Bounds, Change, ModerationState, ModerationStore } from '../moderation-store.ts';
import { auditEntryOf, beyond, messageOf, muteOf, type Row, rulesOf } from '../rows.ts';
import type { Session } from './mysql-session.ts';
import { transact } from './mysql-transaction.ts';
import type { Use } from './mysql-use.ts';

const REVISION = "SELECT value FROM chat_meta WHERE name = 'moderation'";
/** Names one row that all changes take first, so that they come one after the other. */
const RAISE = `INSERT INTO chat_meta (name, value) VALUES ('moderation', '1')
  ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + 1`;

/** Moderation in the database of the messages: see `ModerationStore`. */
export function mysqlModeration(use: Use): ModerationStore {
  return {
    read: (known) => use((session) => read(session, known)),
    change: (change, action) => use((session) => transact(session, () => apply(session, change, action))),
    erase: (room, seq, action) => use((session) => transact(session, () => erase(session, room, seq, action))),
    trim: (room, bounds, limit) => use((session) => transact(session, () => trim(session, room, bounds, limit))),
    audit: (before, limit) => use((session) => audit(session, before, limit)),
    note: (action) => use((session) => transact(session, async () => void (await session.query(noted(action))))),
  };
}

async function read(session: Session, known: number | undefined): Promise<ModerationState | undefined> {
  // The revision is read first: what changes meanwhile is read again with the next one.
  const revision = revisionOf((await session.query(REVISION))[0]);
  if (revision === known) return undefined;
  const [mutes = [], rooms = [], words = []] = await session.batch([
    'SELECT *, mute_key AS `key` FROM chat_mute ORDER BY room, mute_key',
    'SELECT * FROM chat_room_rules ORDER BY room',
    'SELECT word FROM chat_word ORDER BY word',
  ]);
  return {
    revision,
    mutes: mutes.map(muteOf),
    rooms: rooms.map(rulesOf),
    words: words.map(({ word }) => String(word)),
  };
}

async function apply(session: Session, change: Change, action: Action | undefined): Promise<number> {
  await session.query(RAISE);
  await session.query(changed(change));
  if (action !== undefined) {
    await session.query(`DELETE FROM chat_mute WHERE until <= ${quote(action.time)}`);
    await session.query(noted(action));
  }
  return revisionOf((await session.query(REVISION))[0]);
}

function changed(change: Change): string {
  switch (change.kind) {
    case 'mute': {
      const { room, key, name, until, addresses } = change.mute;
      return `REPLACE INTO chat_mute VALUES (${list(room, key, name, until, JSON.stringify(addresses))})`;
    }
    case 'cover': {
      const { room, key, until, addresses } = change.mute;
      const where = `room = ${quote(room)} AND mute_key = ${quote(key)} AND until = ${quote(until)}`;
      return `UPDATE chat_mute SET addresses = ${quote(JSON.stringify(addresses))} WHERE ${where}`;
    }
    case 'unmute':
      return `DELETE FROM chat_mute WHERE room = ${quote(change.room)} AND mute_key = ${quote(change.key)}`;
    case 'room': {
      const { room, slowMode, closed } = change.rules;
      return `REPLACE INTO chat_room_rules VALUES (${list(room, slowMode, Number(closed))})`;
    }
    case 'add-word':
      return `REPLACE INTO chat_word VALUES (${quote(change.word)})`;
    case 'remove-word':
      return `DELETE FROM chat_word WHERE word = ${quote(change.word)}`;
  }
}

/** Under the lock of the room's head, like a group of messages. */
async function erase(session: Session, room: string, seq: number, action: Action): Promise<Deletion | undefined> {
  const place = `room = ${quote(room)} AND seq = ${quote(seq)}`;
  const [head] = await session.query(`SELECT head FROM chat_room WHERE name = ${quote(room)} FOR UPDATE`);
  const [done] = await session.query(`SELECT deletion, time FROM chat_erased WHERE ${place}`);
  if (done !== undefined) return { room, seq: Number(done.deletion), target: seq, time: Number(done.time) };
  const [row] = await session.query(`SELECT * FROM chat_message WHERE ${place} AND target IS NULL`);
  if (head === undefined || row === undefined) return undefined;
  const own = Number(head.head) + 1;
  const key = erasedKey(messageOf(row));
  // Nobody has an empty name, so places without a message never have the key of one.
  const emptied = `sender = '', id = ${quote(String(seq))}, content = '', target = ${quote(seq)}`;
  const columns = 'room, seq, id, sender, content, time, target';
  await session.batch([
    `UPDATE chat_message SET ${emptied} WHERE ${place}`,
    `INSERT INTO chat_message (${columns}) VALUES (${list(room, own, String(own), '', '', action.time, seq)})`,
    `INSERT INTO chat_erased VALUES (${list(room, seq, key, own, action.time)})`,
    `UPDATE chat_room SET head = ${quote(own)} WHERE name = ${quote(room)}`,
    noted(action),
  ]);
  return { room, seq: own, target: seq, time: action.time };
}

async function trim(session: Session, room: string, bounds: Bounds, limit: number): Promise<number> {
  const [head] = await session.query(`SELECT head FROM chat_room WHERE name = ${quote(room)}`);
  const newest = Number(head?.head ?? 0);
  const oldest = await session.query(
    `SELECT seq, time FROM chat_message WHERE room = ${quote(room)} ORDER BY seq LIMIT ${quote(limit)}`,
  );
  const gone = beyond(oldest, newest, bounds);
  const last = gone.at(-1);
  if (last === undefined) return 0;
  const below = `room = ${quote(room)} AND seq <= ${quote(Number(last.seq))}`;
  await session.batch([`DELETE FROM chat_message WHERE ${below}`, `DELETE FROM chat_erased WHERE ${below}`]);
  return gone.length;
}

async function audit(session: Session, before: number, limit: number): Promise<AuditEntry[]> {
  const rows = await session.query(
    `SELECT *, moderator AS \`by\` FROM chat_audit WHERE id < ${quote(before)} ORDER BY id DESC LIMIT ${quote(limit)}`,
  );
  return rows.map(auditEntryOf);
}

function noted({ time, by, action, target, reason }: Action): string {
  return `INSERT INTO chat_audit (time, moderator, action, target, reason) VALUES (${list(time, by, action, target, reason)})`;
}

function list(...values: readonly (string | number)[]): string {
  return values.map((value) => quote(value)).join(', ');
}

function revisionOf(row: Row | undefined): number {
  return Number(row?.value ?? 0);
}
