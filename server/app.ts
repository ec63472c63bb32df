import { readFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { openAuthenticator } from './auth/open.ts';
import { withoutTokens } from './auth/redact.ts';
import { type SignIn, signInBy } from './auth/sign-in.ts';
import { type Chat, createChat } from './chat/chat.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './config/settings.ts';
import { createDestinations } from './destinations/registry.ts';
import { marketStreamSource } from './destinations/stream.ts';
import { Drainer } from './drainer.ts';
import { type ExchangeStats, noExchangeStats } from './engines/exchanges/exchange-stats.ts';
import type { MarketSource } from './engines/market-source.ts';
import type { TickLog } from './engines/tick-log.ts';
import { type AdminOptions, createAdminServer } from './http/admin-server.ts';
import { type WatchedEngine, watchEngine } from './http/engine-watch.ts';
import { type Health, healthOf } from './http/health.ts';
import type { EngineState, InstanceInfo } from './http/info.ts';
import { listen, stopListening } from './http/listen.ts';
import { createPublicServer, SOCKETS } from './http/public-server.ts';
import { Readiness } from './http/readiness.ts';
import { createRest } from './http/rest.ts';
import { Hub } from './hub/hub.ts';
import { instanceMetrics, type MetricParts } from './instance-metrics.ts';
import { Lab } from './lab/lab.ts';
import { Limits } from './limits/limits.ts';
import type { Logger } from './log.ts';
import type { CandleHistory } from './market/candle-history.ts';
import { type LedFeed, startLedFeed } from './market/led-feed.ts';
import { createMarket, type Market, type MarketOptions } from './market/market.ts';
import { openCandleStore, openCandles, seedsOf } from './open-candles.ts';
import { openBackplane, openLeadership, openPresenceStore, openStore, openTickLog } from './open-engines.ts';
import { openOps } from './open-ops.ts';
import { openSource } from './open-source.ts';
import { InstanceOps } from './ops/instance-ops.ts';
import { RecentTroubles } from './ops/recent-troubles.ts';
import type { Operated } from './ops/state.ts';
import { Sessions } from './session/sessions.ts';
import { SockJsEndpoint } from './transports/sockjs/endpoint.ts';
import { listenForNeighbours, type Neighbours } from './transports/sockjs/neighbours.ts';
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
  /** One of several processes whose parent has the admin port. */
  readonly worker?: boolean;
  /** The processes that share the port with this one. */
  readonly neighbours?: Neighbours | undefined;
  /** Gives up a start that waits for its engines: it rejects with the reason. */
  readonly signal?: AbortSignal;
  /** Has the process stop in good order, as a signal does: an operator asked for it. */
  readonly stop?: () => void;
}

/** A running instance. */
export interface App {
  /** 0 with `ROLE=feed`, which serves no clients. */
  readonly port: number;
  /** 0 for a worker: its parent has the admin port. */
  readonly adminPort: number;
  health(): Promise<Health>;
  /** Clients that are connected. */
  clients(): number;
  /**
   * Says that it is not ready, and then tells its clients to go elsewhere, over a time that depends on how many there are, in all
   * processes of the instance; this one's alone where it is not said. Resolves when all were told; `close` is next.
   */
  drain(clients?: number): Promise<void>;
  /** For the parent of a worker, who adds them up. */
  metricsAsJson(): Promise<readonly object[]>;
  /** What an operator sees and does of it. */
  readonly ops: Operated;
  /** Stops in good order: clients are told, commits under way are finished. Every call resolves when that is done. */
  close(): Promise<void>;
}

/** A client that took no byte for so long is closed, in milliseconds. */
const STALL_TIMEOUT = 30_000;
/** How long requests under way have when the instance stops, in milliseconds. */
const GRACE = 2_500;
const ADMIN_GRACE = 500;

/**
 * Starts an instance. The one place that names concrete engines and transports. What is opened is closed in the reverse
 * order. Rejects, with all closed again, with a sentence for who starts the server.
 */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const opened = new AsyncDisposableStack();
  const readiness = new Readiness(settings.ROLE === 'feed' ? ['ticks'] : ['store', 'ticks']);
  const signal = options.signal ?? new AbortController().signal;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    readiness.stop('closing');
    closed ??= opened.disposeAsync();
    return closed;
  };
  try {
    const troubles = new RecentTroubles(options.clock, withoutTokens);
    const log = troubles.watch(options.log);
    return { ...(await open({ ...options, settings, opened, readiness, signal, troubles, log })), close };
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
  readonly signal: AbortSignal;
  readonly troubles: RecentTroubles;
}

async function open(start: Start): Promise<Omit<App, 'close'>> {
  const { settings, readiness } = start;
  const engines: EnginesSoFar = {};
  let metrics: ReturnType<typeof instanceMetrics> | undefined;
  const health = (): Promise<Health> => healthOf(readiness, engines);
  const instance = start.newId();
  const startedAt = start.clock.monotonic();
  let ops: RequestListener | undefined;
  const admin = { log: start.log, health, metrics: async () => (await metrics?.metrics()) ?? '', ops: () => ops };
  const adminPort = start.worker ? 0 : await openAdmin(start, admin);
  const uptime = (): number => (start.clock.monotonic() - startedAt) / 1_000;
  const life = { instance, uptime };
  const opened = await (settings.ROLE === 'feed' ? openFeed(start, engines) : openServer(start, engines, life));
  metrics = instanceMetrics(start, opened.measured, engines);
  const metricsAsJson = async () => (await metrics?.getMetricsAsJSON()) ?? [];
  const { hub, feed: source } = opened;
  const own = new InstanceOps({ ...opsParts(start), ...life, hub, engines, source, health, metrics: metricsAsJson });
  if (!start.worker) ops = await openOps(start, own);
  const port = opened.server ? await listen(opened.server, settings.HOST, settings.PORT, 'PORT') : 0;
  readiness.started('ticks', () => opened.measured.market.ready);
  const clients = (): number => opened.drainer?.clients ?? 0;
  const drain = async (all?: number): Promise<void> => {
    readiness.stop('announced');
    await opened.drainer?.run(all);
  };
  return { port, adminPort, health, clients, drain, metricsAsJson, ops: own };
}

function opsParts({ version, settings, worker, neighbours, troubles, stop, log }: Start) {
  const drain = stop ?? (() => log.warn({}, 'there is no process to stop'));
  return { version, role: settings.ROLE, worker: worker ? neighbours?.index : undefined, troubles, drain };
}

async function openAdmin(start: Start, options: AdminOptions): Promise<number> {
  const { settings, opened, clock } = start;
  const admin = createAdminServer(options);
  opened.defer(() => stopListening(admin, clock, ADMIN_GRACE));
  return await listen(admin, settings.HOST, settings.ADMIN_PORT, 'ADMIN_PORT');
}

type EnginesSoFar = Record<string, WatchedEngine>;

/** How an instance is named, and its seconds since the start. */
interface Life {
  readonly instance: string;
  uptime(): number;
}

/** What a role comes to. */
interface Instance {
  readonly hub: Hub;
  readonly feed: LedFeed | undefined;
  /** Not listening yet. */
  readonly server: Server | undefined;
  readonly drainer?: Drainer;
  readonly measured: MetricParts;
}

/** An instance with clients. */
async function openServer(start: Start, engines: EnginesSoFar, { instance, uptime }: Life): Promise<Instance> {
  const { settings, readiness, version } = start;
  const signIn = await openSignIn(start);
  const { hub, chat } = await openChat(start, instance, engines);
  readiness.started('store', () => true);
  const candleStore = await openCandleStore(start);
  const { market, feed, exchange } = await openMarket(start, hub, engines, seedsOf(candleStore, start));
  const { history, recorder } = openCandles(start, candleStore, market);
  const { CHAT_ROOMS: rooms, AUTH: auth } = settings;
  const lab = settings.PROTOCOL_LAB === 'on';
  const info: InstanceInfo = { version, instance, epoch: chat.epoch, rooms, auth, lab, uptime, engines, market };
  const services = { hub, chat, market, candles: history, info, signIn };
  const { server, drainer, limits, ...clients } = await openEndpoints(start, services);
  const { refusals } = limits;
  return { hub, feed, server, drainer, measured: { hub, chat, clients, market, feed, exchange, refusals, candles: recorder } };
}

async function openSignIn(start: Start): Promise<SignIn | undefined> {
  const { settings } = start;
  const authenticator = await openAuthenticator(start);
  const places = { cookie: settings.JWT_COOKIE, allowedOrigins: settings.ALLOWED_ORIGINS };
  return authenticator && signInBy(authenticator, places);
}

/** An instance that only brings prices into the tick log. */
async function openFeed(start: Start, engines: EnginesSoFar): Promise<Instance> {
  const hub = openHub(start);
  const { market, feed, exchange } = await openMarket(start, hub, engines);
  return {
    hub,
    feed,
    server: undefined,
    measured: { hub, market, feed, exchange },
  };
}

function openHub({ clock, settings, opened }: Start): Hub {
  const hub = new Hub({ clock, latencyBudget: settings.LATENCY_BUDGET, stallTimeout: STALL_TIMEOUT });
  opened.defer(() => hub.close());
  return hub;
}

async function openChat(start: Start, instance: string, engines: EnginesSoFar): Promise<{ hub: Hub; chat: Chat }> {
  const { opened, settings, clock, log, newId } = start;
  const store = await openStore(start);
  engines.messageStore = watchEngine(store);
  const backplane = await openBackplane(start);
  engines.backplane = watchEngine(backplane);
  const presenceStore = await openPresenceStore(start);
  engines.presenceStore = watchEngine(presenceStore);
  const unheard = settings.MYSQL_URL !== '' && settings.REDIS_URL === '';
  if (settings.MYSQL_URL === '' && settings.REDIS_URL !== '')
    log.warn({}, 'REDIS_URL is set and MYSQL_URL is not: each instance has a chat of its own');
  const hub = openHub(start);
  const rooms = settings.CHAT_ROOMS;
  const parts = { store: store.engine, backplane: backplane.engine, presenceStore: presenceStore.engine };
  const chat = await createChat({ ...parts, hub, clock, log, newId, rooms, instance, unheard });
  opened.defer(() => chat.close());
  return { hub, chat };
}

async function openMarket(start: Start, hub: Hub, engines: EnginesSoFar, seeds?: MarketOptions['seeds']) {
  const { opened, clock, log: logger } = start;
  const { engine: log, kind } = await openTickLog(start);
  const exchange = noExchangeStats();
  const known = await openSource(start, exchange);
  const market = await createMarket({
    log,
    hub,
    clock,
    logger,
    symbols: known?.symbols ?? [],
    ...(seeds && { seeds }),
  });
  opened.defer(() => market.close());
  engines.tickLog = watchEngine({ kind, state: () => (market.reachable ? 'up' : 'down') });
  const feed = known && start.settings.ROLE !== 'app' ? await openLedFeed(start, log, market, exchange) : undefined;
  if (feed) {
    const state = (): EngineState => (feed.active ? (feed.live ? 'up' : 'down') : 'standby');
    engines.marketSource = watchEngine({ kind: start.settings.MARKET_SOURCE, state });
  }
  return { market, feed, exchange };
}

async function openLedFeed(start: Start, log: TickLog, market: Market, exchange: ExchangeStats): Promise<LedFeed> {
  const { opened, clock, log: logger } = start;
  const leadership = await openLeadership(start);
  const source = async (): Promise<MarketSource> => {
    const made = await openSource(start, exchange);
    if (made === undefined) throw new Error('there is no market source');
    return made;
  };
  const feed = await startLedFeed({ leadership, source, log, market, clock, logger });
  opened.defer(() => feed.stop());
  return feed;
}

interface Services {
  readonly hub: Hub;
  readonly chat: Chat;
  readonly market: Market;
  readonly candles: CandleHistory;
  readonly info: InstanceInfo;
  /** `undefined`: everybody is a guest. */
  readonly signIn: SignIn | undefined;
}

async function openEndpoints(start: Start, { hub, chat, market, candles, info, signIn }: Services) {
  const { opened, readiness, settings, clock, log, random, version, page } = start;
  const allowedOrigins = settings.ALLOWED_ORIGINS;
  const limits = new Limits(settings, clock);
  const refused = limits.refusals.count;
  const common = { hub, clock, log, allowedOrigins, limits, signIn, refused };
  const destinations = createDestinations(chat, market);
  const sessions = new Sessions({
    ...{ hub, clock, log, destinations, random, epoch: chat.epoch, version, signIn, refused },
    allowance: (address) => limits.allowance(address),
    maxSubscriptions: settings.MAX_SUBSCRIPTIONS,
  });
  opened.defer(() => sessions.close());
  const compression = settings.WEBSOCKET_COMPRESSION === 'on';
  const websocket = new WebSocketEndpoint({ sessions, allowedOrigins, compression, limits, signIn, refused });
  const { presence } = chat;
  const sse = new SseEndpoint({
    ...common,
    compression: settings.STREAM_COMPRESSION === 'on',
    source: marketStreamSource(market),
    opened: () => presence.opened(),
    closed: () => presence.closed(),
  });
  const sockjs = await openSockJs(start, sessions, websocket, limits, signIn);
  const lab = openLab(start);
  const stream = sse.handle.bind(sse);
  const upgrade = websocket.upgrade.bind(websocket);
  const handlers = {
    // Where the Lab is off, nothing of it is on the way.
    stream: lab?.stream(stream) ?? stream,
    upgrade: lab?.upgrade(upgrade) ?? upgrade,
    sockjs: sockjs.handle.bind(sockjs),
    sockjsUpgrade: sockjs.upgrade.bind(sockjs),
    stage: () => readiness.stage,
    limits,
    allowedOrigins,
    clock,
  };
  const createServer = (framework: Parameters<typeof createPublicServer>[1]): Server =>
    createPublicServer(handlers, framework);
  const rest = await createRest({
    createServer,
    chat,
    market,
    candles,
    info,
    log,
    allowedOrigins,
    signIn,
    lab,
    page,
    refused,
  });
  opened.defer(() => rest.close());
  opened.defer(async () => {
    lab?.close();
    const closed = stopListening(rest.server, clock, GRACE, drainer.gone);
    await Promise.all([websocket.close(), sse.close(), sockjs.close()]);
    await closed;
  });
  const drainer = new Drainer({ ...start, transports: [websocket, sse, sockjs], server: rest.server });
  return { server: rest.server, drainer, websocket, sse, sockjs, sessions, limits };
}

function openLab({ settings, clock }: Start): Lab | undefined {
  if (settings.PROTOCOL_LAB === 'off') return undefined;
  return new Lab({ clock, watches: settings.LAB_WATCHES, bytesPerSecond: settings.LAB_BYTES_PER_SECOND });
}

async function openSockJs(
  start: Start,
  host: Sessions,
  websocket: WebSocketEndpoint,
  limits: Limits,
  signIn: SignIn | undefined,
): Promise<SockJsEndpoint> {
  const { opened, settings, clock, log, newId, neighbours } = start;
  const body = await readFile(fileURLToPath(import.meta.resolve('sockjs-client/dist/sockjs.min.js')));
  const sockjs = new SockJsEndpoint({
    host,
    log,
    newId,
    neighbours,
    base: SOCKETS,
    allowedOrigins: settings.ALLOWED_ORIGINS,
    addresses: limits.addresses,
    refused: limits.refusals.count,
    signIn,
    script: { url: settings.SOCKJS_CLIENT_URL, body },
    cookie: settings.SOCKJS_COOKIE === 'on',
    limits: {
      sessions: settings.SOCKJS_MAX_SESSIONS,
      sessionsPerAddress: settings.SOCKJS_MAX_SESSIONS_PER_ADDRESS,
      responseBytes: settings.SOCKJS_RESPONSE_LIMIT,
    },
    upgrade: websocket.upgrade.bind(websocket),
  });
  if (neighbours !== undefined) {
    const server = await listenForNeighbours(neighbours, sockjs.handleForwarded.bind(sockjs));
    opened.defer(() => stopListening(server, clock, ADMIN_GRACE));
  }
  return sockjs;
}
