import type { Clock } from '../clock.ts';
import type { Api } from '../connection/api.ts';
import type { Session } from '../connection/stomp-session.ts';
import type { ChatState } from './chat-state.ts';
import type { ReadMarks } from './read-marks.ts';
import { RoomFollower } from './room-follower.ts';
import type { RoomState } from './room-state.ts';

export interface RoomFollowersOptions {
  readonly chat: ChatState;
  readonly api: Pick<Api, 'history' | 'rooms'>;
  readonly clock: Clock;
  readonly marks: ReadMarks;
}

/** At most so many rooms are followed at once, besides the one that is shown. */
const FOLLOWED = 20;
const AGAIN_MS = 10_000;

/** Learns which rooms there are, and follows them: the one that is shown first. */
export class RoomFollowers {
  readonly #options: RoomFollowersOptions;
  readonly #followers = new Map<RoomState, RoomFollower>();
  /** The rooms that the present session follows. */
  readonly #followed = new Set<RoomState>();
  #session: Session | undefined;
  #epoch = '';

  constructor(options: RoomFollowersOptions) {
    this.#options = options;
  }

  /** Reads the newest messages of the room that is shown, while the first session is still being made. */
  start(): void {
    this.shown.history.readEarly();
    void this.#learnRooms();
  }

  /** The one of the room that is shown. */
  get shown(): RoomFollower {
    return this.#of(this.#options.chat.room.peek());
  }

  begin(session: Session, epoch: string): void {
    this.#session = session;
    this.#epoch = epoch;
    this.#followed.clear();
    void this.follow();
  }

  /** The session has ended, or was never made. */
  left(): void {
    for (const follower of this.#followers.values()) {
      if (this.#session === undefined) follower.history.forgetEarly();
      follower.left();
    }
    this.#session = undefined;
  }

  /** The server does not know a position. */
  beginAnewSoon(): void {
    for (const follower of this.#followers.values()) follower.beginAnewSoon();
  }

  /** Follows what the session does not follow yet: the room that is shown, then the others one after the other. */
  async follow(): Promise<void> {
    const session = this.#session;
    const { room, rooms } = this.#options.chat;
    const others = rooms.peek().filter((each) => each !== room.peek());
    for (const each of [room.peek(), ...others.slice(0, FOLLOWED)]) {
      if (session === undefined || session !== this.#session) return;
      if (this.#followed.has(each)) continue;
      this.#followed.add(each);
      await this.#of(each).begin(session, this.#epoch);
    }
  }

  /** Whether all that is stored in a room has come. */
  async hasAll(name: string): Promise<boolean> {
    const room = this.#options.chat.rooms.peek().find((each) => each.name === name);
    return room !== undefined && (await this.#of(room).hasAll());
  }

  #of(room: RoomState): RoomFollower {
    const known = this.#followers.get(room);
    if (known !== undefined) return known;
    const follower = new RoomFollower({ ...this.#options, room });
    this.#followers.set(room, follower);
    return follower;
  }

  /** The rooms are asked for until they are known; till then there is the one that is shown. */
  async #learnRooms(): Promise<void> {
    const { api, chat, clock } = this.#options;
    try {
      chat.setRooms(await api.rooms());
      void this.follow();
    } catch {
      clock.after(AGAIN_MS, () => void this.#learnRooms());
    }
  }
}
