import type { Server } from 'node:http';
import { type Chat, createChat } from './chat/chat.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { createDestinations } from './destinations/registry.ts';
import { marketStreamSource } from './destinations/stream.ts';
import { InProcessBackplane } from './engines/embedded/in-process-backplane.ts';
import { InProcessPresenceStore } from './engines/embedded/in-process-presence-store.ts';
import { openSqliteStore } from './engines/embedded/sqlite-message-store.ts';
import { createTickRing } from './engines/embedded/tick-ring.ts';
import type { MarketSource } from './engines/market-source.ts';
import type { MessageStore } from './engines/message-store.ts';
import { createReplay } from './engines/sources/replay.ts';
import { createSimulator } from './engines/sources/simulator.ts';
import { createAdminServer } from './http/admin-server.ts';
import type { InstanceInfo } from './http/info.ts';
import { listen, stopListening } from './http/listen.ts';
import { createMetrics } from './http/metrics.ts';
import { createPublicServer } from './http/public-server.ts';
import { probe, Readiness } from './http/readiness.ts';
import { createRest } from './http/rest.ts';
import { Hub } from './hub/hub.ts';
import type { Logger } from './log.ts';
import { type Feed, startFeed } from './market/feed.ts';
import { createMarket, type Market } from './market/market.ts';
import { SseEndpoint } from './transports/sse.ts';
import { WebSocketEndpoint } from './transports/websocket.ts';

/** What an instance is given besides its settings: all that a test may want to hold in its hand. */
export interface AppOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** A number in [0, 1), like `Math.random`. */
  readonly random: () => number;
  /** A new UUID, from real randomness. */
  readonly newId: () => string;
  readonly version: string;
  /** Folder of the built page. */
  readonly page: string;
  /** Whether `/metrics` tells of the process too; only one instance of a process should. */
  readonly processMetrics: boolean;
}

/** A running instance. */
export interface App {
  readonly port: number;
  readonly adminPort: number;
  /** Stops in good order: clients are told, commits under way are finished. Every call resolves when that is done. */
  close(): Promise<void>;
}

/** A client that took no byte for so long is closed, in milliseconds. */
const STALL_TIMEOUT = 30_000;
/** How long requests under way have when the instance stops, in milliseconds. */
const GRACE = 4_000;
const ADMIN_GRACE = 500;

/**
 * Starts an instance. The one place that names concrete engines and transports. What is opened is closed in the reverse
 * order. Rejects, with all closed again, with a sentence for who starts the server.
 */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const opened = new AsyncDisposableStack();
  const readiness = new Readiness();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    readiness.stop();
    closed ??= opened.disposeAsync();
    return closed;
  };
  try {
    return { ...(await open({ ...options, settings, opened, readiness })), close };
  } catch (error) {
    await close().catch((err) => options.log.error({ err }, 'not everything could be closed'));
    throw error;
  }
}

/** What the steps of the start share. */
interface Start extends AppOptions {
  readonly settings: Settings;
  readonly opened: AsyncDisposableStack;
  readonly readiness: Readiness;
}

async function open(start: Start): Promise<{ port: number; adminPort: number }> {
  const { settings, opened, readiness, log, clock, version, newId } = start;
  const startedAt = clock.monotonic();
  const instance = newId();
  let metrics: ReturnType<typeof createMetrics> | undefined;

  const admin = createAdminServer({ readiness, log, metrics: () => metrics });
  opened.defer(() => stopListening(admin, clock, ADMIN_GRACE));
  const adminPort = await listen(admin, settings.HOST, settings.ADMIN_PORT, 'ADMIN_PORT');

  const store = await openSqliteStore({ folder: settings.DATA_DIR, clock, log, newEpoch: newId() });
  opened.defer(() => store.close());
  const hub = new Hub({ clock, latencyBudget: settings.LATENCY_BUDGET, stallTimeout: STALL_TIMEOUT });
  opened.defer(() => hub.close());
  const chat = await openChat(start, hub, store, instance);
  readiness.started('store', () => true);
  const { market, feed } = await openMarket(start, hub);

  const info: InstanceInfo = {
    version,
    instance,
    epoch: chat.epoch,
    rooms: settings.CHAT_ROOMS,
    uptime: () => (clock.monotonic() - startedAt) / 1_000,
    engines: {
      messageStore: { kind: 'sqlite', state: probe(clock, () => store.head('global')) },
      backplane: { kind: 'in-process', state: () => 'up' },
      presenceStore: { kind: 'in-process', state: () => 'up' },
      tickLog: { kind: 'in-process', state: () => (market.stale ? 'down' : 'up') },
      ...(feed && { marketSource: { kind: settings.MARKET_SOURCE, state: () => 'up' as const } }),
    },
  };
  const { server, websocket, sse } = await openEndpoints(start, { hub, chat, market, info });
  metrics = createMetrics({ version, hub, websocket, sse, chat, market, feed }, start.processMetrics);
  const port = await listen(server, settings.HOST, settings.PORT, 'PORT');
  readiness.started('ticks', () => market.ready);
  return { port, adminPort };
}

async function openChat(start: Start, hub: Hub, store: MessageStore, instance: string): Promise<Chat> {
  const { opened, settings, clock, log, newId } = start;
  const backplane = new InProcessBackplane();
  opened.defer(() => backplane.close());
  const presenceStore = new InProcessPresenceStore(clock);
  opened.defer(() => presenceStore.close());
  const rooms = settings.CHAT_ROOMS;
  const chat = await createChat({ hub, store, backplane, presenceStore, clock, log, newId, rooms, instance });
  opened.defer(() => chat.close());
  return chat;
}

async function openMarket(start: Start, hub: Hub): Promise<{ market: Market; feed: Feed | undefined }> {
  const { opened, clock, log: logger, random } = start;
  const source = await openSource(start);
  const log = createTickRing({ clock, random });
  opened.defer(() => log.close());
  const market = await createMarket({ log, hub, clock, logger, symbols: source?.symbols ?? [] });
  opened.defer(() => market.close());
  if (source === undefined) return { market, feed: undefined };
  const feed = startFeed({ source, log, clock, logger, known: market });
  opened.defer(() => feed.stop());
  return { market, feed };
}

type Source = MarketSource & { readonly symbols: readonly string[] };

async function openSource({ settings, clock }: Start): Promise<Source | undefined> {
  switch (settings.MARKET_SOURCE) {
    case 'simulator':
      return createSimulator({ clock, seed: settings.MARKET_SEED, ticksPerSecond: settings.MARKET_TICKS_PER_SECOND });
    case 'replay':
      return createReplay({ clock, file: settings.MARKET_REPLAY_FILE, speed: settings.MARKET_REPLAY_SPEED });
    case 'off':
      return undefined;
  }
}

interface Services {
  readonly hub: Hub;
  readonly chat: Chat;
  readonly market: Market;
  readonly info: InstanceInfo;
}

async function openEndpoints(start: Start, { hub, chat, market, info }: Services) {
  const { opened, readiness, settings, clock, log, random, version, page } = start;
  const allowedOrigins = settings.ALLOWED_ORIGINS;
  const common = { hub, clock, log, allowedOrigins };
  const destinations = createDestinations(chat, market);
  const websocket = new WebSocketEndpoint({ ...common, destinations, random, epoch: chat.epoch, version });
  const { presence } = chat;
  const sse = new SseEndpoint({
    ...common,
    source: marketStreamSource(market),
    opened: () => presence.opened(),
    closed: () => presence.closed(),
  });
  const handlers = {
    stream: sse.handle.bind(sse),
    upgrade: websocket.upgrade.bind(websocket),
    stopping: () => readiness.stopping,
  };
  const createServer = (framework: Parameters<typeof createPublicServer>[1]): Server =>
    createPublicServer(handlers, framework);
  const rest = await createRest({ createServer, chat, market, info, log, allowedOrigins, page });
  opened.defer(() => rest.close());
  opened.defer(async () => {
    const closed = stopListening(rest.server, clock, GRACE);
    await Promise.all([websocket.close(), sse.close()]);
    await closed;
  });
  return { server: rest.server, websocket, sse };
}
