import type { RequestListener, Server } from 'node:http';
import { withoutTokens } from './auth/redact.ts';
import type { Chat } from './chat/chat.ts';
import type { Settings } from './config/settings.ts';
import type { Drainer } from './drainer.ts';
import { type AdminOptions, createAdminServer } from './http/admin-server.ts';
import { type Health, healthOf } from './http/health.ts';
import type { InstanceInfo } from './http/info.ts';
import { listen, stopListening } from './http/listen.ts';
import { Readiness } from './http/readiness.ts';
import type { Hub } from './hub/hub.ts';
import { instanceMetrics, type MetricParts } from './instance-metrics.ts';
import type { LedFeed } from './market/led-feed.ts';
import { openCandleStore, openCandles, seedsOf } from './open-candles.ts';
import { openChat } from './open-chat.ts';
import { openEndpoints, openSignIn } from './open-endpoints.ts';
import { openHub } from './open-hub.ts';
import { openMarket } from './open-market.ts';
import { openOps } from './open-ops.ts';
import { openStreams } from './open-streams.ts';
import { InstanceOps } from './ops/instance-ops.ts';
import { RecentTroubles } from './ops/recent-troubles.ts';
import type { Operated } from './ops/state.ts';
import type { AppOptions, EnginesSoFar, Start } from './start.ts';

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

/** How long requests under way have at the admin port when the instance stops, in milliseconds. */
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
  const { hub, chat, feed: source } = opened;
  const own = new InstanceOps({
    ...opsParts(start),
    ...life,
    hub,
    engines,
    chat,
    source,
    health,
    metrics: metricsAsJson,
  });
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

/** How an instance is named, and its seconds since the start. */
interface Life {
  readonly instance: string;
  uptime(): number;
}

/** What a role comes to. */
interface Instance {
  readonly hub: Hub;
  readonly chat?: Chat;
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
  const streams = await openStreams(start, hub);
  const { epoch } = chat;
  const info: InstanceInfo = { version, instance, epoch, rooms, auth, lab, uptime, engines, market, streams };
  const services = { hub, chat, market, candles: history, streams, info, signIn };
  const { server, drainer, limits, ...clients } = await openEndpoints(start, services);
  const { refusals } = limits;
  return {
    hub,
    chat,
    feed,
    server,
    drainer,
    measured: { hub, chat, clients, market, feed, exchange, refusals, candles: recorder, streams },
  };
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
