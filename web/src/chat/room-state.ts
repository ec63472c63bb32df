import { type ReadonlySignal, signal } from '@preact/signals';
import type { ChatMessage, Deletion, ShownMessage } from './message.ts';
import { MessageLog } from './message-log.ts';
import type { Outgoing } from './outbox.ts';

/** How the newest messages, or the next older ones, are coming along. */
export type HistoryState = 'loading' | 'ready' | 'failed';

/** While the newest messages are looked at, so many are kept; older ones are read again when scrolled to. */
const KEPT_WATCHING = 1_000;
/** While older messages are looked at. */
const KEPT_READING = 10_000;

/** What the page holds of one room. What comes in shows at the next `publish`. */
export class RoomState {
  readonly name: string;
  readonly log = new MessageLog();
  readonly history = signal<HistoryState>('loading');
  /** The oldest message that is stored is shown. */
  readonly complete = signal(false);
  readonly older = signal<HistoryState>('ready');
  /** The server has more that this page has not got yet. */
  readonly behind = signal(false);
  /** Others' messages that came in while nobody looked at the newest. */
  readonly unread = signal(0);
  /** The first message that was new when the room was last looked at; those before it were read. */
  readonly firstNew = signal<number | undefined>(undefined);
  /** What is written and not sent. */
  readonly draft = signal('');
  /** When one's own newest message was stored, in milliseconds since 1970. */
  readonly sentAt = signal(0);
  readonly #messages = signal<readonly ShownMessage[]>([]);
  #unread = 0;
  #firstNew: number | undefined;
  #watching = false;

  constructor(name: string) {
    this.name = name;
  }

  /** The room's messages, then one's own that are on their way. */
  get messages(): ReadonlySignal<readonly ShownMessage[]> {
    return this.#messages;
  }

  get watched(): boolean {
    return this.#watching;
  }

  /** Begins anew with the newest messages, those after `read` being unread. `others` tells whose are not one's own. */
  reset(newest: readonly ChatMessage[], head: number, read: number, others: (message: ShownMessage) => boolean): void {
    this.log.reset(newest, head);
    this.complete.value = (newest[0]?.seq ?? 1) <= 1;
    this.history.value = 'ready';
    this.older.value = 'ready';
    this.#unread = 0;
    this.#firstNew = undefined;
    const shown = this.log.messages;
    const unseen = shown.filter((message) => (message.seq ?? 0) > read && others(message));
    this.#count(unseen);
    // Those before the page that was read are not seen, and count all the same.
    const first = this.log.first ?? 0;
    if (!this.#watching && unseen.length > 0 && first > read + 1) this.#unread += first - read - 1;
  }

  /** Messages from the live stream; returns those that are new. */
  append(messages: readonly ChatMessage[], others: (message: ShownMessage) => boolean): readonly ShownMessage[] {
    const added = this.log.append(messages);
    if (!this.#watching) this.#count(added.filter(others));
    if (this.log.trim(this.#watching ? KEPT_WATCHING : KEPT_READING)) this.complete.value = false;
    return added;
  }

  /** A message was deleted; where it was unread, it counts no more. `others` tells whose are not one's own. */
  remove(deletion: Deletion, others: (message: ShownMessage) => boolean): void {
    const message = this.log.remove(deletion);
    if (message === undefined || this.#unread === 0 || !others(message)) return;
    if ((message.seq ?? 0) >= (this.#firstNew ?? 0)) this.#unread--;
  }

  /** Older messages. None: there are no more. */
  prepend(older: readonly ChatMessage[]): void {
    this.log.prepend(older);
    this.complete.value = older.length === 0 || (this.log.first ?? 1) <= 1;
    this.older.value = 'ready';
  }

  /** Whether the user looks at the newest messages. Returns whether messages were let go. */
  watch(watching: boolean): boolean {
    // What was marked as new was looked at, and is not new any more.
    if (this.#watching && !watching) this.#firstNew = undefined;
    this.#watching = watching;
    if (!watching) return false;
    this.#unread = 0;
    this.unread.value = 0;
    if (!this.log.trim(KEPT_WATCHING)) return false;
    this.complete.value = false;
    return true;
  }

  /** Brings what has come in into the signals. */
  publish(outgoing: readonly Outgoing[]): void {
    this.#messages.value = [...this.log.messages, ...outgoing];
    this.unread.value = this.#unread;
    this.firstNew.value = this.#firstNew;
  }

  #count(unseen: readonly ShownMessage[]): void {
    if (unseen.length === 0) return;
    this.#firstNew ??= unseen[0]?.seq;
    if (!this.#watching) this.#unread += unseen.length;
  }
}
