import type { Clock } from '../clock.ts';
import type { Api } from '../connection/api.ts';
import { Latency } from '../connection/latency.ts';
import { Link } from '../connection/link.ts';
import { wordsFor } from '../connection/refusals.ts';
import type { OpenSession, Session, Welcome } from '../connection/stomp-session.ts';
import type { ChatState, Presence } from './chat-state.ts';
import type { ReadMarks } from './read-marks.ts';
import { RoomFollowers } from './room-followers.ts';
import { roomRulesIn } from './room-rules.ts';
import { isTyping } from './typing-text.ts';

export interface ChatConnectionOptions {
  readonly state: ChatState;
  readonly open: OpenSession;
  readonly api: Pick<Api, 'history' | 'rooms'>;
  readonly marks: ReadMarks;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
}

const AGAIN_MS = 1_000;
const NOTICE_MS = 8_000;
/** A message without an answer for so long says that the connection is dead, whatever the socket thinks. */
const ANSWER_MS = 20_000;
/** A message that is stored and was not seen for so long may have been deleted meanwhile. */
const SEEN_MS = 5_000;
/** Refusals after which the same message is sent again by itself. */
const PASSING = new Set(['store-unknown', 'stopping']);

/**
 * The chat's way to the server: keeps a session up, reads the history, follows the room from the last message seen, and
 * sees to it that what the user writes arrives once.
 */
export class ChatConnection {
  readonly #options: ChatConnectionOptions;
  readonly #state: ChatState;
  readonly #rooms: RoomFollowers;
  readonly #link: Link;
  readonly #latency: Latency;
  #session: Session | undefined;
  /** The name of the session; what was written under another waits for its own. */
  #sessionName = '';
  #connected = false;

  constructor(options: ChatConnectionOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#rooms = new RoomFollowers({ ...options, chat: options.state });
    this.#link = new Link({
      clock: options.clock,
      random: options.random,
      open: () => this.#open(),
      changed: (link) => {
        this.#state.link.value = link;
      },
    });
    this.#latency = new Latency({
      clock: options.clock,
      measured: (ms) => {
        this.#state.latency.value = ms;
      },
    });
  }

  start(): void {
    this.#rooms.start();
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
    this.#leave();
  }

  /** There is reason to believe that a connection can be made now. */
  wake(): void {
    this.#link.wake();
  }

  /** The connection is not to be trusted any more: makes another. */
  renew(): void {
    if (this.#session === undefined) return;
    this.#leave();
    this.#link.failed();
  }

  /** There is a better way now: goes over to it, without a word where nothing fails. */
  move(): void {
    if (!this.#connected) return;
    this.#leave();
    this.#open();
  }

  /** Shows another room. */
  enter(name: string): void {
    this.#state.show(name);
    void this.#rooms.follow();
  }

  /** What has come in is shown: notes how far the user has read. */
  shown(): void {
    this.#rooms.shown.watched();
  }

  /** Sends a message. Returns whether it was taken: too many may be on their way already. */
  post(content: string): boolean {
    const { outbox, name, room } = this.#state;
    if (outbox.full) {
      this.#notify('Too many messages are still on their way. This one was not taken.');
      return false;
    }
    outbox.add({
      id: this.#options.newId(),
      room: room.value.name,
      sender: name.value,
      content,
      time: this.#options.clock.now(),
    });
    this.#outboxChanged();
    return true;
  }

  retry(id: string): void {
    this.#state.outbox.retry(id, this.#state.name.value);
    this.#outboxChanged();
  }

  discard(id: string): void {
    this.#state.outbox.remove(id);
    this.#outboxChanged();
  }

  /** Takes another name, as soon as what may be stored under the old one is settled. */
  rename(name: string): void {
    this.#state.rename(name);
    this.#outboxChanged();
  }

  typing(typing: boolean): void {
    if (this.#connected) this.#session?.send('/app/typing', { typing });
  }

  /** Reads the messages before the oldest one shown. */
  older(): Promise<void> {
    return this.#rooms.shown.history.older();
  }

  #open(): void {
    this.#sessionName = this.#state.outbox.sessionName(this.#state.name.value);
    const session: Session = this.#options.open(this.#sessionName, {
      connected: (welcome) => {
        if (session === this.#session) this.#begin(session, welcome);
      },
      receipt: (id) => {
        if (session !== this.#session) return;
        this.#accepted(id);
      },
      closed: (reason) => {
        if (session !== this.#session) return;
        this.#state.problem.value = reason;
        this.#state.lastProblem.value = {
          text: reason ?? (this.#connected ? 'The connection was lost.' : 'No connection could be made.'),
          at: this.#options.clock.now(),
        };
        this.#leave();
        this.#link.failed();
      },
    });
    this.#session = session;
  }

  /** Lets go of the session, if there is one. */
  #leave(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#rooms.left();
    this.#connected = false;
    this.#latency.stop();
    this.#state.outbox.sessionEnded();
    this.#state.disconnected();
    session?.close();
  }

  #begin(session: Session, { epoch, transport, user, moderator }: Welcome): void {
    this.#connected = true;
    this.#state.moderates.value = moderator;
    this.#state.transport.value = transport;
    this.#state.problem.value = undefined;
    if (user !== undefined && user !== this.#sessionName) {
      this.#sessionName = user;
      this.#state.signedInAs(user);
    }
    this.#link.succeeded();
    session.subscribe('/user/queue/errors', {}, (body) => this.#refused(body));
    session.subscribe('/topic/typing', {}, (body) => {
      if (isTyping(body)) this.#state.typing.value = body;
    });
    session.subscribe('/topic/presence', {}, (body) => {
      if (isPresence(body)) this.#state.presence.value = body;
    });
    session.subscribe('/topic/rooms', {}, (body) => {
      const rules = roomRulesIn(body);
      if (rules !== undefined) this.#state.setRules(rules);
    });
    this.#latency.start((answered) => session.ping(answered));
    this.#rooms.begin(session, epoch);
    this.#outboxChanged();
  }

  /** Sends what is due, and changes the session where another name is wanted. */
  #outboxChanged(): void {
    const { outbox, name } = this.#state;
    this.#state.changed();
    if (!this.#connected) return;
    if (outbox.sessionName(name.value) !== this.#sessionName) {
      this.move();
      return;
    }
    for (const { id, room, content } of outbox.takeDue(this.#sessionName)) {
      this.#session?.send(`/app/chat.${room}`, { id, content }, id);
      this.#expectAnswer(id);
    }
  }

  #accepted(id: string): void {
    const { outbox } = this.#state;
    outbox.accepted(id);
    const entry = outbox.unseen(id);
    this.#outboxChanged();
    if (entry !== undefined) this.#expectSight(id, entry.room);
  }

  /** One's own message comes back, or was deleted before it could: then it is shown no more. */
  #expectSight(id: string, room: string): void {
    const session = this.#session;
    this.#options.clock.after(SEEN_MS, async () => {
      if (session !== this.#session || this.#state.outbox.unseen(id) === undefined) return;
      if (await this.#rooms.hasAll(room)) this.discard(id);
      else if (session === this.#session) this.#expectSight(id, room);
    });
  }

  #expectAnswer(id: string): void {
    const session = this.#session;
    this.#options.clock.after(ANSWER_MS, () => {
      if (session === this.#session && this.#state.outbox.awaits(id)) this.renew();
    });
  }

  /** What `/user/queue/errors` says. */
  #refused(body: unknown): void {
    if (typeof body !== 'object' || body === null) return;
    const { code, message, receipt } = body as Record<string, unknown>; // Each field is checked below.
    if (typeof code !== 'string' || typeof message !== 'string') return;
    if (typeof receipt === 'string') this.#messageRefused(receipt, code, message);
    else if (code === 'position-unknown') this.#rooms.beginAnewSoon();
    else this.#notify(wordsFor(code, message));
  }

  #messageRefused(id: string, code: string, message: string): void {
    const { outbox } = this.#state;
    if (!PASSING.has(code)) {
      outbox.refused(id, wordsFor(code, message));
      this.#outboxChanged();
      return;
    }
    this.#options.clock.after(AGAIN_MS * (1 + this.#options.random()), () => {
      outbox.again(id);
      this.#outboxChanged();
    });
  }

  #notify(text: string): void {
    const { notice } = this.#state;
    notice.value = text;
    this.#options.clock.after(NOTICE_MS, () => {
      if (notice.value === text) notice.value = undefined;
    });
  }
}

function isPresence(value: unknown): value is Presence {
  if (typeof value !== 'object' || value === null) return false;
  const { users, connections, instances } = value as Record<string, unknown>; // Each field is checked below.
  return [users, connections, instances].every((count) => typeof count === 'number');
}
