import type { Deletion, MessageStore } from './message-store.ts';

/** A name that may not send for a time. */
export interface Mute {
  /** The name as it is compared, which the owner of the rules makes; one mute a room and key. */
  readonly key: string;
  /** The name as it was given. */
  readonly name: string;
  /** The room, or empty for all of them. */
  readonly room: string;
  /** Integer milliseconds since 1970. */
  readonly until: number;
  /** Addresses from which the muted one came: others who come new from there are muted too, each until its time. */
  readonly addresses: readonly { readonly address: string; readonly until: number }[];
}

/** What holds in a room. A room without a row is open, and has no slow mode. */
export interface RoomRules {
  readonly room: string;
  /** Seconds between two messages of one sender; 0 is off. */
  readonly slowMode: number;
  /** Only moderators may send. */
  readonly closed: boolean;
}

/** All rules that hold, as they were at one moment. */
export interface ModerationState {
  /** Rises with each change. */
  readonly revision: number;
  /** Those that are over may be among them. */
  readonly mutes: readonly Mute[];
  readonly rooms: readonly RoomRules[];
  readonly words: readonly string[];
}

/**
 * One change of the rules. `mute` and `room` replace what is there of the same key, and room. `cover` changes the addresses of
 * a mute, where it is there with the same `until`.
 */
export type Change =
  | { readonly kind: 'mute'; readonly mute: Mute }
  | { readonly kind: 'cover'; readonly mute: Mute }
  | { readonly kind: 'unmute'; readonly key: string; readonly room: string }
  | { readonly kind: 'room'; readonly rules: RoomRules }
  | { readonly kind: 'add-word'; readonly word: string }
  | { readonly kind: 'remove-word'; readonly word: string };

/** What a moderator did, for the audit. */
export interface Action {
  /** Who: the name of a token, `moderator` or `operator`. */
  readonly by: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  /** Integer milliseconds since 1970. */
  readonly time: number;
}

export interface AuditEntry extends Action {
  /** Rises with each entry; not contiguous. */
  readonly id: number;
}

/** What retention lets go of: rows below the newest `rows`, and rows older than `before`; 0 for either is no bound. */
export interface Bounds {
  readonly rows: number;
  /** Integer milliseconds since 1970. */
  readonly before: number;
}

/**
 * Where moderation is the truth: rules, deletions, and who did what. It shares its data with the `MessageStore` that it
 * belongs to, and ends with that.
 *
 * Atomicity: a change, or a deletion, and its audit entry are one transaction.
 * Order: the revision rises with each change, whoever makes it; who reads a revision has all changes up to it.
 * Deletion: `erase` takes the next seq of the room, like a message. In the same transaction the message loses sender, id and
 * content for good, and a `Deletion` stands in its place. What is left of its key is a digest, so that a resend is still a
 * duplicate (see `Outcome`).
 * Duplicates: a message that is deleted already answers with the same deletion, and leaves no second audit entry.
 * Retention: `trim` takes the oldest rows of a room alone, so that what is left stays contiguous; it never takes the newest
 * row, and forgets the digests of what it takes. Several who trim at once take the same rows.
 * Errors: `erase` and `change` reject with `StoreDown` or `StoreUnknown`, everything else with any error. Nothing is retried
 * inside; `erase`, and a change, may be asked for again.
 * Empty: without a change the revision is 0.
 * After close: every call rejects with `StoreDown`.
 */
export interface ModerationStore {
  /** The rules, or `undefined` where their revision is the one known. */
  read(known?: number): Promise<ModerationState | undefined>;
  /** Resolves to the revision after it. Mutes that were over at the time of the action are forgotten. */
  change(change: Change, action: Action | undefined): Promise<number>;
  /** Resolves to the deletion, or `undefined` where the room has no message of this seq (any more). */
  erase(room: string, seq: number, action: Action): Promise<Deletion | undefined>;
  /** Resolves to the number of rows that went, at most `limit`. */
  trim(room: string, bounds: Bounds, limit: number): Promise<number>;
  /** Entries with an id < `before`, newest first, at most `limit`. */
  audit(before: number, limit: number): Promise<AuditEntry[]>;
  /** Adds an entry for what changes no rule. */
  note(action: Action): Promise<void>;
}

/** A message store, and what moderates it. */
export interface ModeratedStore extends MessageStore {
  readonly moderation: ModerationStore;
}
