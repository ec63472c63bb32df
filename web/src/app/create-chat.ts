import { effect } from '@preact/signals';
import { Announcer } from '../chat/announcer.ts';
import { ChatConnection } from '../chat/chat-connection.ts';
import { ChatState } from '../chat/chat-state.ts';
import { keepDraft } from '../chat/drafts.ts';
import { guestName } from '../chat/name.ts';
import { ReadMarks } from '../chat/read-marks.ts';
import type { RoomState } from '../chat/room-state.ts';
import { restoredOutbox, storedOutbox } from '../chat/stored-outbox.ts';
import { browserClock } from '../clock.ts';
import { serverApi } from '../connection/api.ts';
import { fallingBack } from '../connection/fallback.ts';
import { serverReachable, sessionsByTransport } from '../connection/open-sessions.ts';
import { TransportChoice } from '../connection/transport-choice.ts';
import { WebSocketReturn } from '../connection/websocket-return.ts';
import { inFrame } from '../frames.ts';
import type { Tap } from '../lab/tap.ts';
import { createModerator } from '../moderation/create-moderator.ts';
import type { Moderator } from '../moderation/moderator.ts';
import { type Preferences, storedPreferences } from '../preferences.ts';
import { randomUuid } from './random-uuid.ts';
import { urlParameter } from './url-parameter.ts';
import type { ViewState } from './view-state.ts';

const FIRST_ROOM = 'global';

const random = (): number => Math.random();

/** The chat: its state, and its way to the server over whichever transport works. */
export function createChat(window: Window, preferences: Preferences, view: ViewState, tap: Tap) {
  const visit = storedPreferences(() => window.sessionStorage);
  const moderator: Moderator = createModerator(window, visit, () => {
    connection.renew();
    connection.wake();
  });
  const inUrl = urlParameter(window, 'room');
  const chat = createState(window, preferences, visit, view, inUrl.get() ?? FIRST_ROOM, () => connection.shown());
  const choice = new TransportChoice(visit);
  const open = sessionsByTransport(window.location.href, tap, () => moderator.connectHeaders);
  const connection: ChatConnection = new ChatConnection({
    state: chat,
    open: fallingBack({ choice, open, reachable: serverReachable }),
    api: serverApi,
    clock: browserClock,
    random,
    newId: () => randomUuid(window.crypto),
    marks: new ReadMarks(preferences),
  });
  const comeback = new WebSocketReturn({
    clock: browserClock,
    choice,
    open: open.websocket,
    name: () => chat.name.value,
    returned: () => connection.move(),
  });
  effect(() => {
    if (chat.link.value === 'live') comeback.connected();
  });
  window.addEventListener('online', () => comeback.now());
  keepRoomInUrl(window, chat, connection);
  return { chat, connection, moderator };
}

function createState(
  window: Window,
  preferences: Preferences,
  visit: Preferences,
  view: ViewState,
  room: string,
  shown: () => void,
): ChatState {
  const announcer = new Announcer(browserClock, (text) => {
    view.spoken.value = text;
  });
  const chat: ChatState = new ChatState({
    name: preferences.get('name') ?? guestName(random),
    room,
    unsent: restoredOutbox(visit),
    now: () => browserClock.now(),
    publishSoon: inFrame(() => {
      chat.publish();
      storedOutbox(visit, chat.outbox.entries);
      shown();
    }, window.document),
    heard: (messages) => announcer.heard(messages),
  });
  effect(() => {
    if (!chat.signedIn.value) preferences.set('name', chat.name.value);
  });
  const drafted = new WeakSet<RoomState>();
  effect(() => {
    for (const each of chat.rooms.value) {
      if (drafted.has(each)) continue;
      drafted.add(each);
      keepDraft(each, visit);
    }
  });
  return chat;
}

/** The address names the room, so that it can be linked to, and the way back leads to the room before. */
function keepRoomInUrl(window: Window, chat: ChatState, connection: ChatConnection): void {
  const inUrl = urlParameter(window, 'room');
  effect(() => {
    const { name } = chat.room.value;
    if (inUrl.get() !== undefined || name !== FIRST_ROOM) inUrl.set(name);
  });
  window.addEventListener('popstate', () => connection.enter(inUrl.get() ?? FIRST_ROOM));
}
