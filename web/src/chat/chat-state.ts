import { type ReadonlySignal, signal } from '@preact/signals';
import type { LinkState } from '../connection/link.ts';
import type { Transport } from '../connection/transport.ts';
import type { ChatMessage, ShownMessage } from './message.ts';
import { MessageLog } from './message-log.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import type { Typing } from './typing-text.ts';

/** Who is here, as the server counts them. */
export interface Presence {
  readonly users: number;
  readonly connections: number;
  readonly instances: number;
}

/** How the newest messages, or the next older ones, are coming along. */
export type HistoryState = 'loading' | 'ready' | 'failed';

export interface ChatStateOptions {
  readonly name: string;
  /** One's own messages of before the page was loaded again. */
  readonly unsent: readonly Outgoing[];
  /** Asks for one call of `publish`, soon. */
  readonly publishSoon: () => void;
  /** Told of others' messages as they come in. */
  readonly heard: (messages: readonly ShownMessage[]) => void;
}

/** While the newest messages are looked at, so many are kept; older ones are read again when scrolled to. */
const KEPT_WATCHING = 300;
/** While older messages are looked at. */
const KEPT_READING = 5_000;

const NOBODY: Typing = { users: [], count: 0 };

/** What the chat shows. Connections change it, views read its signals; what comes in shows at the next `publish`. */
export class ChatState {
  readonly log = new MessageLog();
  readonly outbox: Outbox;
  readonly name;
  readonly link = signal<LinkState>('connecting');
  /** What carries the session, or carried the last one. */
  readonly transport = signal<Transport>('websocket');
  /** Why the server ended the last session, where it said so. */
  readonly problem = signal<string | undefined>(undefined);
  readonly typing = signal(NOBODY);
  readonly presence = signal<Presence | undefined>(undefined);
  readonly history = signal<HistoryState>('loading');
  /** The oldest message that is stored is shown. */
  readonly complete = signal(false);
  readonly older = signal<HistoryState>('ready');
  /** A sentence for the user, about nothing that a message shows by itself. */
  readonly notice = signal<string | undefined>(undefined);
  /** Others' messages that came in while nobody looked at the newest. */
  readonly unread = signal(0);
  readonly #messages = signal<readonly ShownMessage[]>([]);
  readonly #options: ChatStateOptions;
  /** The names that the user has had since the page was loaded. */
  readonly #ownNames = new Set<string>();
  #unread = 0;
  #watching = true;

  constructor(options: ChatStateOptions) {
    this.#options = options;
    this.name = signal(options.name);
    this.#ownNames.add(options.name);
    this.outbox = new Outbox(options.unsent);
  }

  /** The room's messages, then one's own that are on their way. */
  get messages(): ReadonlySignal<readonly ShownMessage[]> {
    return this.#messages;
  }

  rename(name: string): void {
    this.#ownNames.add(name);
    this.name.value = name;
    this.outbox.rename(name);
  }

  /** Whether the user wrote it. Guests' names are what they say, so this is no proof. */
  isOwn(message: ShownMessage): boolean {
    return message.seq === undefined || this.#ownNames.has(message.sender);
  }

  /** Begins anew with the newest messages; nothing that is on its way is lost. */
  reset(newest: readonly ChatMessage[], head: number): void {
    this.log.reset(newest, head);
    this.outbox.removeSeen(newest);
    this.outbox.removeAccepted();
    this.complete.value = (newest[0]?.seq ?? 1) <= 1;
    this.history.value = 'ready';
    this.older.value = 'ready';
    this.changed();
  }

  /** Messages from the live stream. */
  append(messages: readonly ChatMessage[]): void {
    const added = this.log.append(messages);
    if (added.length === 0) return;
    this.outbox.removeSeen(added);
    const others = added.filter((message) => !this.isOwn(message));
    if (!this.#watching) this.#unread += others.length;
    if (this.log.trim(this.#watching ? KEPT_WATCHING : KEPT_READING)) this.complete.value = false;
    this.#options.heard(others);
    this.changed();
  }

  /** Older messages. None: there are no more. */
  prepend(older: readonly ChatMessage[]): void {
    this.log.prepend(older);
    this.complete.value = older.length === 0 || (this.log.first ?? 1) <= 1;
    this.older.value = 'ready';
    this.changed();
  }

  /** Whether the user looks at the newest messages. */
  watch(watching: boolean): void {
    this.#watching = watching;
    if (!watching) return;
    this.#unread = 0;
    this.unread.value = 0;
    if (!this.log.trim(KEPT_WATCHING)) return;
    this.complete.value = false;
    this.changed();
  }

  /** The connection is gone: what it told of others holds no more. */
  disconnected(): void {
    this.typing.value = NOBODY;
    this.presence.value = undefined;
  }

  changed(): void {
    this.#options.publishSoon();
  }

  /** Brings what has come in into the signals. */
  publish(): void {
    this.#messages.value = [...this.log.messages, ...this.outbox.entries];
    this.unread.value = this.#unread;
  }
}
