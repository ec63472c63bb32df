/** A chat message as it is stored and shown. `content` is exactly what came. */
export interface Message {
  readonly room: string;
  /** Its place in the room: contiguous from 1, in commit order. */
  readonly seq: number;
  /** Chosen by the sender (or made for it); unique together with room and sender. */
  readonly id: string;
  readonly sender: string;
  readonly content: string;
  /** When it was committed: integer milliseconds since 1970. */
  readonly time: number;
}

/**
 * A place in a room that holds no message. With `target` = `seq`: the message that had this seq was deleted, and `time` is
 * still when it was sent. With a lower `target`: the deletion of that message, which has its own place in the order.
 */
export interface Deletion {
  readonly room: string;
  readonly seq: number;
  /** The seq of the message that is gone. */
  readonly target: number;
  /** Integer milliseconds since 1970. */
  readonly time: number;
}

/** What has a seq in a room. */
export type Entry = Message | Deletion;

export function isDeletion(entry: Entry): entry is Deletion {
  return 'target' in entry;
}

/** A message that asks to be stored. */
export interface Draft {
  readonly room: string;
  readonly id: string;
  readonly sender: string;
  readonly content: string;
  /** Integer milliseconds since 1970. */
  readonly time: number;
}

/**
 * What became of one draft. `stored`: it is committed now. `duplicate`: the same (room, sender, id) with the same
 * content was committed before (or earlier in the same group), and `message` is that one. `conflict`: the key is taken
 * by other content, and nothing was stored. A message that was deleted since is a `duplicate` whatever the content: what is
 * told of it is that of the draft, with the seq and time of the deleted one, and `deleted` says so.
 */
export type Outcome =
  | { readonly kind: 'stored' | 'duplicate'; readonly message: Message; readonly deleted?: true }
  | { readonly kind: 'conflict' };

/** Drafts of a group that are stored all or none: those from index `from` on, up to `to` and without it. */
export interface Unit {
  readonly from: number;
  readonly to: number;
}

/** Which entries a range holds: with deletions, or the messages alone. */
export type Which = 'all' | 'messages';

/** Thrown by `commit` when nothing was stored for certain: the store cannot be reached, is full or read-only. */
export class StoreDown extends Error {
  override name = 'StoreDown';
}

/** Thrown by `commit` when the commit was cut, so that its fate is not known: read the ids back. */
export class StoreUnknown extends Error {
  override name = 'StoreUnknown';
}

/**
 * Where chat messages are the truth: durable and ordered.
 *
 * Order: `seq` is contiguous from 1 in each room, in commit order, whoever commits. Deletions have their place in it (see
 * `ModerationStore`), and retention may have taken the oldest.
 * Atomicity: one `commit` is one transaction; all its drafts are stored (or found) or none is. When it resolves, they
 * survive a crash of this process and of the machine.
 * Units: where one draft of a unit is a conflict, so is each of the unit, nothing of it is stored, and for the drafts behind
 * it it never was. What is new in a unit gets seqs without others between them. Units are in order and do not overlap.
 * Duplicates: the key is (room, sender, id); see `Outcome`. Two drafts of one key in one group are handled like two groups.
 * Errors: `commit` rejects with `StoreDown` or `StoreUnknown`, reads with any error. Nothing is retried inside.
 * Empty: a room without messages has head 0 and empty ranges; any room name may be asked for.
 * After close: every call rejects with `StoreDown`. A call under way at close is finished first.
 */
export interface MessageStore {
  /** Names this history: another epoch is another history, and positions of the one mean nothing in the other. */
  epoch(): Promise<string>;
  /** Stores a group; outcomes are in the order of the drafts. The caller keeps groups to at most 500 drafts. */
  commit(drafts: readonly Draft[], units?: readonly Unit[]): Promise<Outcome[]>;
  /** The seq of the room's newest message, 0 when there is none. */
  head(room: string): Promise<number>;
  /** Entries with `after` < seq, oldest first, at most `limit`; `which` is `all` by default. */
  after(room: string, after: number, limit: number, which?: Which): Promise<Entry[]>;
  /** The newest entries with seq < `before`, oldest first, at most `limit`. */
  before(room: string, before: number, limit: number, which?: Which): Promise<Entry[]>;
  close(): Promise<void>;
}
