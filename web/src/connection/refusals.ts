/** What the server refuses, by its error code, in words for who reads a chat. */
const WORDS: Readonly<Record<string, string>> = {
  'too-fast': 'You are sending faster than this server allows. Wait a moment, then retry.',
  'store-down': 'The server cannot store messages just now. Retry in a moment.',
  'store-unknown': 'The server does not know yet whether it was stored. It is sent again by itself.',
  stopping: 'This server is going down for a moment. It is sent again by itself.',
  'id-conflict': 'Another message was sent under the same number. Copy the text and send it anew.',
  'unknown-room': 'This room does not exist any more.',
  'unknown-destination': 'This room does not exist any more.',
  'not-writable': 'Nobody may write here.',
  'not-readable': 'Nobody may read here.',
  'room-closed': 'This room is closed: it can be read, and only moderators may write.',
  'word-refused': 'The message or your name holds a word that is not allowed here.',
  'scope-missing': 'Your sign-in does not allow this.',
  'too-large': 'The message is too large.',
  'too-many-subscriptions': 'This page follows as many rooms as the server allows.',
  'sign-in-needed': 'This server asks you to sign in first.',
  'token-invalid': 'Your sign-in is not accepted. Sign in again.',
  'token-expired': 'Your sign-in has ended. Sign in again.',
  'sign-in-down': 'The server cannot check sign-ins just now.',
  'renewal-refused': 'Your sign-in could not be renewed. Sign in again soon.',
  'too-many-connections': 'Too many connections come from your network.',
  'server-full': 'The server is full. The page goes on trying.',
  'origin-refused': 'The server does not take connections from this address.',
  timeout: 'The server heard nothing from this page for too long.',
  'too-slow': 'Your line took nothing for too long.',
  'worker-gone': 'A part of the server was started again.',
  internal: 'Something went wrong on the server.',
};

/** A refusal in plain words. For what this page does not know, and for what names a field or a limit, the server's own. */
export function wordsFor(code: string | undefined, message: string): string {
  return WORDS[code ?? ''] ?? message;
}
