/** What holds in a room. */
export interface RoomRules {
  readonly room: string;
  /** Seconds between two messages of one sender; 0 is off. */
  readonly slowMode: number;
  readonly closed: boolean;
}

/** The doors for moderators. Each rejects with an Error whose message can be shown; `Unwelcome` where the token is not taken. */
export interface ModerationApi {
  /** Resolves where the token lets moderate, to how users of this server sign in. */
  check(token: string): Promise<'guest' | 'jwt'>;
  rooms(token: string): Promise<readonly RoomRules[]>;
  setRoom(token: string, rules: RoomRules): Promise<void>;
  remove(token: string, room: string, seq: number): Promise<void>;
  mute(token: string, name: string, seconds: number): Promise<void>;
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
  async rooms(token) {
    const { rooms } = (await ask(token, 'GET', '/api/chat/rooms')) as { rooms: RoomRules[] }; // as documented
    return rooms;
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
