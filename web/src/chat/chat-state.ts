import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LinkState } from '../connection/link.ts';
import type { Transport } from '../connection/transport.ts';
import type { ChatMessage, Deletion, ShownMessage } from './message.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import type { RoomRules } from './room-rules.ts';
import { RoomState } from './room-state.ts';
import type { Typing } from './typing-text.ts';

/** Who is here, as the server counts them. */
export interface Presence {
  readonly users: number;
  readonly connections: number;
  readonly instances: number;
}

/** Something that went wrong with the connection. */
export interface Problem {
  readonly text: string;
  readonly at: number;
}

export interface ChatStateOptions {
  readonly name: string;
  /** The room to begin with. */
  readonly room: string;
  /** One's own messages of before the page was loaded again. */
  readonly unsent: readonly Outgoing[];
  /** Asks for one call of `publish`, soon. */
  readonly publishSoon: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of others' messages as they come into the room that is shown. */
  readonly heard: (messages: readonly ShownMessage[]) => void;
}

const NOBODY: Typing = { users: [], count: 0 };

/** What the chat shows. Connections change it, views read its signals; what comes in shows at the next `publish`. */
export class ChatState {
  readonly outbox: Outbox;
  readonly name;
  /** The name is that of a sign-in, and not the user's to choose. */
  readonly signedIn = signal(false);
  readonly link = signal<LinkState>('connecting');
  /** What carries the session, or carried the last one. */
  readonly transport = signal<Transport>('websocket');
  /** Why the server ended the last session, where it said so. */
  readonly problem = signal<string | undefined>(undefined);
  /** Why the connection ended last, and when. */
  readonly lastProblem = signal<Problem | undefined>(undefined);
  /** How long the server took to answer, in milliseconds, when it was last asked. */
  readonly latency = signal<number | undefined>(undefined);
  readonly typing = signal(NOBODY);
  readonly presence = signal<Presence | undefined>(undefined);
  /** A sentence for the user, about nothing that a message shows by itself. */
  readonly notice = signal<string | undefined>(undefined);
  /** What moderators have set, by room. */
  readonly rules = signal<ReadonlyMap<string, RoomRules>>(new Map());
  /** Closed rooms are open to this session, and slow mode does not hold. */
  readonly moderates = signal(false);
  /** In the order in which the server names them. */
  readonly rooms;
  /** The room that is shown. */
  readonly room;
  /** Unread messages in all rooms. */
  readonly unread: ReadonlySignal<number>;
  readonly #options: ChatStateOptions;
  /** The names that the user has had since the page was loaded. */
  readonly #ownNames = new Set<string>();
  readonly #fromOthers = (message: ShownMessage): boolean => !this.isOwn(message);
  #watching = true;

  constructor(options: ChatStateOptions) {
    this.#options = options;
    this.name = signal(options.name);
    this.#ownNames.add(options.name);
    this.outbox = new Outbox(options.unsent);
    const room = new RoomState(options.room);
    room.watch(true);
    this.room = signal(room);
    this.rooms = signal<readonly RoomState[]>([room]);
    this.unread = computed(() => this.rooms.value.reduce((sum, { unread }) => sum + unread.value, 0));
  }

  rulesOf(room: string): RoomRules {
    return this.rules.value.get(room) ?? { room, slowMode: 0, closed: false };
  }

  setRules(rules: readonly RoomRules[]): void {
    this.rules.value = new Map(rules.map((each) => [each.room, each]));
  }

  /** The server has these rooms. Where the one that is shown is none of them, the first takes its place. */
  setRooms(names: readonly string[]): void {
    const known = new Map(this.rooms.value.map((room) => [room.name, room]));
    const rooms = names.map((name) => known.get(name) ?? new RoomState(name));
    const [first] = rooms;
    if (first === undefined) return;
    this.rooms.value = rooms;
    if (!rooms.includes(this.room.value)) this.show(first.name);
  }

  /** Shows a room; nothing happens where there is no such one. */
  show(name: string): void {
    const room = this.rooms.value.find((each) => each.name === name);
    if (room === undefined || room === this.room.value) return;
    this.room.value.watch(false);
    this.room.value = room;
    this.watch(this.#watching);
    this.changed();
  }

  rename(name: string): void {
    this.#ownNames.add(name);
    this.name.value = name;
    this.outbox.rename(name);
  }

  /** The server knows who the user is: all that is on its way goes under that name. */
  signedInAs(name: string): void {
    this.#ownNames.add(name);
    this.name.value = name;
    this.signedIn.value = true;
    this.outbox.renameAll(name);
  }

  /** Whether the user wrote it. Guests' names are what they say, so this is no proof. */
  isOwn(message: ShownMessage): boolean {
    return message.seq === undefined || this.#ownNames.has(message.sender);
  }

  /** Begins a room anew with the newest messages; nothing that is on its way is lost. `read`: the last one seen. */
  reset(room: RoomState, newest: readonly ChatMessage[], head: number, read: number): void {
    room.reset(newest, head, read, this.#fromOthers);
    this.#noteOwn(room, room.log.messages);
    this.outbox.removeSeen(newest);
    this.outbox.removeAccepted(room.name);
    this.changed();
  }

  /** Messages from a room's live stream. */
  append(room: RoomState, messages: readonly ChatMessage[]): void {
    const added = room.append(messages, this.#fromOthers);
    if (added.length === 0) return;
    this.outbox.removeSeen(added);
    this.#noteOwn(room, added);
    if (room === this.room.value) this.#options.heard(added.filter(this.#fromOthers));
    this.changed();
  }

  /** Slow mode counts from one's own newest message. Where the server's clock is ahead, from now. */
  #noteOwn(room: RoomState, messages: readonly ShownMessage[]): void {
    const newest = messages.findLast((message) => this.isOwn(message));
    if (newest !== undefined) room.sentAt.value = Math.min(newest.time, this.#options.now());
  }

  /** A message of a room was deleted. */
  remove(room: RoomState, deletion: Deletion): void {
    room.remove(deletion, this.#fromOthers);
    // It may have been one's own that never came back; what is stored and was not deleted still comes.
    if (deletion.seq === deletion.target) this.outbox.removeAccepted(room.name);
    this.changed();
  }

  /** Whether the user looks at the newest messages of the room that is shown. */
  watch(watching: boolean): void {
    this.#watching = watching;
    if (this.room.peek().watch(watching)) this.changed();
  }

  /** The connection is gone: what it told of others holds no more. */
  disconnected(): void {
    this.latency.value = undefined;
    this.typing.value = NOBODY;
    this.presence.value = undefined;
  }

  changed(): void {
    this.#options.publishSoon();
  }

  /** Brings what has come in into the signals. */
  publish(): void {
    const { entries } = this.outbox;
    for (const room of this.rooms.value) room.publish(entries.filter((entry) => entry.room === room.name));
  }
}
