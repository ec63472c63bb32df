import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { moderatorsBy } from './auth/moderators.ts';
import { openAuthenticator } from './auth/open.ts';
import { type SignIn, signInBy } from './auth/sign-in.ts';
import type { Chat } from './chat/chat.ts';
import { createDestinations } from './destinations/registry.ts';
import { streamSource } from './destinations/stream.ts';
import { Drainer } from './drainer.ts';
import type { InstanceInfo } from './http/info.ts';
import { stopListening } from './http/listen.ts';
import { createPublicServer, SOCKETS } from './http/public-server.ts';
import { createRest } from './http/rest.ts';
import type { StreamRoutesOptions } from './http/stream-routes.ts';
import type { Hub } from './hub/hub.ts';
import { answerNeighbour } from './lab/answer.ts';
import { Lab } from './lab/lab.ts';
import { LAB_PATH } from './lab/watch-elsewhere.ts';
import { Limits } from './limits/limits.ts';
import type { CandleHistory } from './market/candle-history.ts';
import type { Market } from './market/market.ts';
import { Sessions } from './session/sessions.ts';
import type { Start } from './start.ts';
import type { OwnStream } from './streams/own-stream.ts';
import { SockJsEndpoint } from './transports/sockjs/endpoint.ts';
import { listenForNeighbours, socketsOfOthers } from './transports/sockjs/neighbours.ts';
import { SseEndpoint } from './transports/sse.ts';
import { WebSocketEndpoint } from './transports/websocket.ts';

/** How long requests under way have when the instance stops, in milliseconds. */
const GRACE = 2_500;
/** The same for those that other workers passed on. */
const NEIGHBOURS_GRACE = 500;

/** What the public port serves. */
interface Services {
  readonly hub: Hub;
  readonly chat: Chat;
  readonly market: Market;
  readonly candles: CandleHistory;
  readonly streams: ReadonlyMap<string, OwnStream>;
  readonly info: InstanceInfo;
  /** `undefined`: everybody is a guest. */
  readonly signIn: SignIn | undefined;
}

/** The public port, with every transport behind it; it does not listen yet. */
export async function openEndpoints(start: Start, { hub, chat, market, candles, streams, info, signIn }: Services) {
  const { opened, readiness, settings, clock, log, random, version, page } = start;
  const allowedOrigins = settings.ALLOWED_ORIGINS;
  const limits = new Limits(settings, clock);
  const refused = limits.refusals.count;
  const common = { hub, clock, log, allowedOrigins, limits, signIn, refused };
  const destinations = createDestinations(chat, market, streams);
  const moderators = moderatorsBy(signIn, settings.MODERATOR_TOKEN);
  const sessions = new Sessions({
    ...{ hub, clock, log, destinations, random, epoch: chat.epoch, version, signIn, refused },
    allowance: (address) => limits.allowance(address),
    maxSubscriptions: settings.MAX_SUBSCRIPTIONS,
    isModerator: moderators.isTheirs,
  });
  opened.defer(() => sessions.close());
  const compression = settings.WEBSOCKET_COMPRESSION === 'on';
  const websocket = new WebSocketEndpoint({ sessions, allowedOrigins, compression, limits, signIn, refused });
  const { presence } = chat;
  // biome-ignore lint/suspicious/noExplicitAny: each stream has its own event type, which only its own encoding reads.
  const sse = new SseEndpoint<any>({
    ...common,
    compression: settings.STREAM_COMPRESSION === 'on',
    source: streamSource(market, streams),
    opened: () => presence.opened(),
    closed: () => presence.closed(),
  });
  const lab = openLab(start);
  const sockjs = await openSockJs(start, sessions, websocket, limits, signIn);
  await openToNeighbours(start, sockjs, lab);
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
    ...{
      createServer,
      chat,
      market,
      candles,
      info,
      clock,
      log,
      allowedOrigins,
      signIn,
      moderators,
      lab,
      page,
      refused,
    },
    streams: streamRoutes(start, streams),
    addressOf: (request) => limits.addresses.of(request),
    answers: (response, bytes) => limits.answer(response, bytes),
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

function streamRoutes({ settings, clock, newId }: Start, streams: ReadonlyMap<string, OwnStream>): StreamRoutesOptions {
  const { AUTH, STREAM_TOKEN, STREAM_RATE_LIMIT: rate, STREAM_EVENT_BYTES: eventBytes } = settings;
  return { streams, clock, newId, rate, eventBytes, token: AUTH === 'jwt' ? undefined : STREAM_TOKEN };
}

function openLab({ settings, clock, neighbours: near }: Start): Lab | undefined {
  if (settings.PROTOCOL_LAB === 'off') return undefined;
  const { LAB_WATCHES: watches, LAB_BYTES_PER_SECOND: bytesPerSecond } = settings;
  const neighbours = near && { index: near.index, count: near.count, sockets: socketsOfOthers(near) };
  return new Lab({ clock, watches, bytesPerSecond, neighbours });
}

async function openSockJs(
  start: Start,
  host: Sessions,
  websocket: WebSocketEndpoint,
  limits: Limits,
  signIn: SignIn | undefined,
): Promise<SockJsEndpoint> {
  const { settings, log, newId, neighbours } = start;
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
    websocket: settings.SOCKJS_WEBSOCKET === 'on',
    limits: {
      sessions: settings.SOCKJS_MAX_SESSIONS,
      sessionsPerAddress: settings.SOCKJS_MAX_SESSIONS_PER_ADDRESS,
      responseBytes: settings.SOCKJS_RESPONSE_LIMIT,
    },
    upgrade: websocket.upgrade.bind(websocket),
  });
  return sockjs;
}

/** What other workers of the same parent may ask for. */
async function openToNeighbours(
  { opened, clock, neighbours }: Start,
  sockjs: SockJsEndpoint,
  lab: Lab | undefined,
): Promise<void> {
  if (neighbours === undefined) return;
  const server = await listenForNeighbours(neighbours, (request, response) => {
    if (lab !== undefined && request.url?.startsWith(LAB_PATH)) void answerNeighbour(lab, request, response);
    else sockjs.handleForwarded(request, response);
  });
  opened.defer(() => stopListening(server, clock, NEIGHBOURS_GRACE));
}

/** Who asks for tokens; `undefined` where everybody is a guest. */
export async function openSignIn(start: Start): Promise<SignIn | undefined> {
  const { settings } = start;
  const authenticator = await openAuthenticator(start);
  const places = { cookie: settings.JWT_COOKIE, allowedOrigins: settings.ALLOWED_ORIGINS };
  return authenticator && signInBy(authenticator, places);
}
