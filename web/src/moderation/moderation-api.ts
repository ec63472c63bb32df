import type { RoomRules } from '../chat/room-rules.ts';

/** A name that may not send until a time (milliseconds since 1970); in all rooms where `room` is empty. */
export interface Mute {
  readonly name: string;
  readonly room: string;
  readonly until: number;
}

/** Who may not send, and which words are refused. */
export interface Rules {
  readonly mutes: readonly Mute[];
  readonly words: readonly string[];
}

/** What was done by a moderator, and when. */
export interface AuditEntry {
  readonly id: number;
  readonly time: number;
  readonly by: string;
  readonly action: string;
  readonly target: string;
}

/** The doors for moderators. Each rejects with an Error whose message can be shown; `Unwelcome` where the token is not taken. */
export interface ModerationApi {
  /** Resolves where the token lets moderate, to how users of this server sign in. */
  check(token: string): Promise<'guest' | 'jwt'>;
  rules(token: string): Promise<Rules>;
  /** The newest entries first. */
  audit(token: string): Promise<readonly AuditEntry[]>;
  setRoom(token: string, rules: RoomRules): Promise<void>;
  remove(token: string, room: string, seq: number): Promise<void>;
  mute(token: string, name: string, seconds: number): Promise<void>;
  unmute(token: string, name: string, room: string): Promise<void>;
  addWord(token: string, word: string): Promise<void>;
  removeWord(token: string, word: string): Promise<void>;
}

/** The token does not let moderate, or not any more. */
export class Unwelcome extends Error {
  override name = 'Unwelcome';
}

const TIMEOUT_MS = 10_000;

/** The server that the page came from. */
export const serverModeration: ModerationApi = {
  async check(token) {
    await ask(token, 'GET', '/api/moderation/rules');
    const { auth } = (await ask(token, 'GET', '/api/info')) as { auth: 'guest' | 'jwt' }; // as documented
    return auth;
  },
  async rules(token) {
    return (await ask(token, 'GET', '/api/moderation/rules')) as Rules; // as documented
  },
  async audit(token) {
    const { entries } = (await ask(token, 'GET', '/api/moderation/audit')) as { entries: AuditEntry[] }; // as documented
    return entries;
  },
  async setRoom(token, rules) {
    await ask(token, 'PUT', '/api/moderation/rooms', rules);
  },
  async remove(token, room, seq) {
    await ask(token, 'DELETE', `/api/chat/messages?room=${encodeURIComponent(room)}&seq=${seq}`);
  },
  async mute(token, name, seconds) {
    await ask(token, 'POST', '/api/moderation/mutes', { name, seconds });
  },
  async unmute(token, name, room) {
    const where = room === '' ? '' : `&room=${encodeURIComponent(room)}`;
    await ask(token, 'DELETE', `/api/moderation/mutes?name=${encodeURIComponent(name)}${where}`);
  },
  async addWord(token, word) {
    await ask(token, 'POST', '/api/moderation/words', { word });
  },
  async removeWord(token, word) {
    await ask(token, 'DELETE', `/api/moderation/words?word=${encodeURIComponent(word)}`);
  },
};

async function ask(token: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { message = `The server answered ${response.status}.` } = (answer ?? {}) as { message?: string }; // an error body
  if (response.status === 401 || response.status === 403) throw new Unwelcome(message);
  throw new Error(message);
}
