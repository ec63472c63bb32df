/** A chat message as the server sends it. */
export interface ChatMessage {
  readonly seq: number;
  readonly id: string;
  readonly sender: string;
  readonly content: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** How far one's own message has come; what others wrote is `sent`. */
type MessageState = 'sending' | 'sent' | 'failed';

/** A message as the page shows it. */
export interface ShownMessage extends Omit<ChatMessage, 'seq'> {
  /** Absent until the message has come back from the server. */
  readonly seq?: number;
  readonly state: MessageState;
  /** Why it failed. */
  readonly reason?: string;
}

/** A moderator has deleted a message. */
export interface Deletion {
  /** Its own place in the room; that of the message where it stands in its place. */
  readonly seq: number;
  /** The seq of the message that is gone. */
  readonly target: number;
}

/** At most so many code points are accepted in one message. */
export const CONTENT_LIMIT = 2_000;

/** How many characters (code points) a text has, as the server counts them. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a value from the wire is a message. Kinds that this page does not know are none. */
export function isChatMessage(value: unknown): value is ChatMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, seq, id, sender, content, time } = value as Record<string, unknown>; // Each field is checked below.
  return (
    (kind === undefined || kind === 'message') &&
    Number.isSafeInteger(seq) &&
    typeof id === 'string' &&
    typeof sender === 'string' &&
    typeof content === 'string' &&
    typeof time === 'number'
  );
}

/** Whether a value from the wire says that a message was deleted. */
export function isDeletion(value: unknown): value is Deletion {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, seq, target } = value as Record<string, unknown>; // Each field is checked below.
  return kind === 'deleted' && Number.isSafeInteger(seq) && Number.isSafeInteger(target);
}
