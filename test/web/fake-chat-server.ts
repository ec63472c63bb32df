import type { ChatMessage } from '../../web/src/chat/message.ts';
import type { HistoryPage } from '../../web/src/connection/api.ts';
import type { OpenSession, Session, SessionEvents } from '../../web/src/connection/stomp-session.ts';

interface Subscription {
  readonly destination: string;
  readonly handle: (body: unknown) => void;
}

/** A session as the server has it. */
export class FakeSession implements Session {
  readonly login: string;
  readonly events: SessionEvents;
  readonly sent: { destination: string; body: object; receipt: string | undefined }[] = [];
  readonly subscriptions: Subscription[] = [];
  open = true;
  readonly #server: FakeChatServer;

  constructor(login: string, events: SessionEvents, server: FakeChatServer) {
    this.login = login;
    this.events = events;
    this.#server = server;
  }

  send(destination: string, body: object, receipt?: string): void {
    if (!this.open) return;
    this.sent.push({ destination, body, receipt });
    if (destination === '/app/chat.global') this.#server.take(this, body, receipt);
  }

  subscribe(destination: string, headers: Readonly<Record<string, string>>, handle: (body: unknown) => void): void {
    if (!this.open) return;
    this.subscriptions.push({ destination, handle });
    if (destination !== '/topic/chat.global') return;
    for (const message of this.#server.stored) if (message.seq > Number(headers.after)) handle(message);
  }

  ping(answered: () => void): void {
    if (this.open) answered();
  }

  close(): void {
    this.open = false;
  }

  deliver(destination: string, body: unknown): void {
    if (!this.open) return;
    for (const each of this.subscriptions) if (each.destination === destination) each.handle(body);
  }

  cut(reason?: string): void {
    if (!this.open) return;
    this.open = false;
    this.events.closed(reason);
  }
}

/** A chat server that does what a test tells it to. */
export class FakeChatServer {
  epoch = 'epoch-1';
  stored: ChatMessage[] = [];
  readonly sessions: FakeSession[] = [];
  /** What becomes of the next messages; `lost`: neither stored nor answered, `silent`: stored and not answered. */
  fate: 'stored' | 'silent' | 'lost' | { readonly code: string; readonly message: string } = 'stored';
  rooms: readonly string[] = ['global'];
  /** What other rooms than `global` hold. */
  readonly otherRooms = new Map<string, ChatMessage[]>();
  historyReads = 0;
  historyFails = false;

  readonly open: OpenSession = (login, events) => {
    const session = new FakeSession(login, events, this);
    this.sessions.push(session);
    return session;
  };

  readonly api = {
    history: async (room: string, limit: number, before = Number.POSITIVE_INFINITY): Promise<HistoryPage> => {
      // One message is how a client asks for the head.
      if (limit > 1) this.historyReads++;
      if (this.historyFails) throw new Error('down');
      const stored = room === 'global' ? this.stored : (this.otherRooms.get(room) ?? []);
      const older = stored.filter((message) => message.seq < before);
      return { messages: older.slice(-limit), head: stored.at(-1)?.seq ?? 0 };
    },
    rooms: async (): Promise<readonly string[]> => this.rooms,
  };

  get last(): FakeSession {
    const last = this.sessions.at(-1);
    if (last === undefined) throw new Error('no session was opened');
    return last;
  }

  accept(): void {
    const { last, epoch } = this;
    if (last.open) last.events.connected({ epoch, user: last.login, transport: 'websocket', moderator: false });
  }

  store(sender: string, id: string, content: string): void {
    if (this.stored.some((message) => message.sender === sender && message.id === id)) return;
    const message = { seq: this.stored.length + 1, id, sender, content, time: 1 };
    this.stored.push(message);
    for (const session of this.sessions) session.deliver('/topic/chat.global', message);
  }

  take(session: FakeSession, body: object, receipt: string | undefined): void {
    const { fate } = this;
    if (fate === 'lost') return;
    if (typeof fate === 'object') {
      session.deliver('/user/queue/errors', { ...fate, receipt });
      return;
    }
    const { id, content } = body as { id: string; content: string }; // What the page sends; the tests look at it.
    this.store(session.login, id, content);
    if (fate === 'stored' && receipt !== undefined) session.events.receipt(receipt);
  }
}
