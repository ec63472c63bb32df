import type { Clock } from '../clock.ts';
import type { Api } from '../connection/api.ts';
import type { Session } from '../connection/stomp-session.ts';
import type { ChatState } from './chat-state.ts';
import { History } from './history.ts';
import { isChatMessage, isDeletion } from './message.ts';
import type { ReadMarks } from './read-marks.ts';
import type { RoomState } from './room-state.ts';

export interface RoomFollowerOptions {
  readonly chat: ChatState;
  readonly room: RoomState;
  readonly api: Pick<Api, 'history'>;
  readonly clock: Clock;
  readonly marks: ReadMarks;
}

const RELOAD_MS = 2_000;

/** Follows one room over one session after the other: reads its newest messages once, then goes on after the last one seen. */
export class RoomFollower {
  readonly history: History;
  readonly #options: RoomFollowerOptions;
  #session: Session | undefined;
  /** The newest message of when the session was made. */
  #target = 0;

  constructor(options: RoomFollowerOptions) {
    this.#options = options;
    this.history = new History(options.room, options.api, () => options.chat.changed());
  }

  /** A session was made. Resolves once the room is followed, or cannot be for now. */
  async begin(session: Session, epoch: string): Promise<void> {
    this.#session = session;
    if (epoch !== this.history.epoch) {
      await this.#beginAnew(session, epoch);
      return;
    }
    this.#follow(session);
    await this.#lookBehind(session);
  }

  /** The session has ended. */
  left(): void {
    this.#session = undefined;
    this.#options.room.behind.value = false;
  }

  /** The server does not know the position: soon, begins with the newest messages. */
  beginAnewSoon(epoch = this.history.epoch ?? ''): void {
    const session = this.#session;
    this.#options.clock.after(RELOAD_MS, () => {
      if (session !== undefined && session === this.#session) void this.#beginAnew(session, epoch);
    });
  }

  /** Reads the newest messages and follows the room from there; goes on trying while the session lives. */
  async #beginAnew(session: Session, epoch: string): Promise<void> {
    const { chat, room, marks } = this.#options;
    this.history.epoch = undefined;
    room.history.value = 'loading';
    try {
      const page = await this.history.newest();
      if (session !== this.#session) return;
      chat.reset(room, page.messages, page.head, marks.read(room.name, epoch) ?? page.head);
      this.history.epoch = epoch;
      this.#follow(session);
    } catch {
      if (session !== this.#session) return;
      room.history.value = 'failed';
      this.beginAnewSoon(epoch);
    }
  }

  #follow(session: Session): void {
    const { chat, room } = this.#options;
    session.subscribe(`/topic/chat.${room.name}`, { after: String(room.log.position) }, (body) => {
      if (session !== this.#session) return;
      if (isChatMessage(body)) chat.append(room, [body]);
      else if (isDeletion(body)) chat.remove(room, body);
      else return;
      if (room.log.position >= this.#target) room.behind.value = false;
    });
  }

  /** Whether there is something to catch up with: until the newest message of now has come. */
  async #lookBehind(session: Session): Promise<void> {
    const { room } = this.#options;
    const head = await this.history.head();
    if (session !== this.#session || head === undefined) return;
    this.#target = head;
    room.behind.value = room.log.position < head;
  }

  /** Whether all that is stored in the room has come. */
  async hasAll(): Promise<boolean> {
    const session = this.#session;
    const head = await this.history.head();
    return (
      session !== undefined &&
      session === this.#session &&
      head !== undefined &&
      this.#options.room.log.position >= head
    );
  }

  /** Notes how far the room is read, where it is being looked at. */
  watched(): void {
    const { room, marks } = this.#options;
    if (room.watched && this.history.epoch !== undefined) marks.set(room.name, this.history.epoch, room.log.position);
  }
}
