import { type Chat, createChat } from '../../server/chat/chat.ts';
import type { Backplane } from '../../server/engines/backplane.ts';
import { InProcessBackplane } from '../../server/engines/embedded/in-process-backplane.ts';
import { InProcessPresenceStore, type Report } from '../../server/engines/embedded/in-process-presence-store.ts';
import type { PresenceStore } from '../../server/engines/presence-store.ts';
import { Hub } from '../../server/hub/hub.ts';
import type { Stream } from '../../server/hub/stream.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingSink } from '../support/recording-sink.ts';
import { MemoryStore } from './memory-store.ts';
import { recordingLog } from './recording-log.ts';

/** What an instance is made with, where a test wants something of its own. */
export interface InstanceOptions {
  readonly backplane?: Backplane;
  readonly presenceStore?: PresenceStore;
  readonly rooms?: readonly string[];
}

/** One clock, one message store, one plane: instances of the chat that are made here see one another. */
export class ChatWorld {
  readonly clock = new ManualClock();
  readonly store = new MemoryStore();
  readonly peers = new Set<InProcessBackplane>();
  readonly reports = new Map<string, Report>();
  readonly logged = recordingLog();
  #instances = 0;
  #ids = 0;

  async instance(options: InstanceOptions = {}): Promise<{ readonly chat: Chat; readonly hub: Hub }> {
    const { clock, store } = this;
    const hub = new Hub({ clock, latencyBudget: 0, stallTimeout: 30_000 });
    const chat = await createChat({
      hub,
      store,
      backplane: options.backplane ?? new InProcessBackplane(this.peers),
      presenceStore: options.presenceStore ?? new InProcessPresenceStore(clock, this.reports),
      clock,
      log: this.logged.log,
      newId: () => `made-${this.#ids++}`,
      rooms: options.rooms ?? ['global'],
      instance: `instance-${this.#instances++}`,
    });
    return { chat, hub };
  }
}

/** Follows a stream and keeps what comes, one entry an event. */
export function follow<E>(hub: Hub, stream: Stream<E>, text: (event: E) => string, next: number): () => string[] {
  const sink = new RecordingSink();
  const client = hub.connect(sink);
  client.follow(stream, { key: 'text', encode: (event) => Buffer.from(`${text(event)}\n`) }, { next });
  return () => sink.text.split('\n').slice(0, -1);
}

/** The JSON of events that are bytes. */
export function ofState(event: Uint8Array): string {
  return Buffer.from(event).toString();
}
