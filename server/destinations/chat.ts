import type { Chat } from '../chat/chat.ts';
import { type ChatEvent, eventJson } from '../chat/event.ts';
import type { Room } from '../chat/room.ts';
import type { MessageContent, SendHandler, Topic } from '../session/destinations.ts';
import type { Gather } from './batch.ts';

/** `/topic/chat.{room}`: the room's messages, `after:<seq>` resumes. */
export function chatTopic(room: Room): Topic<ChatEvent> {
  const { name } = room;
  return {
    stream: room.stream,
    start: (after) => room.start(after),
    message(event, position): MessageContent {
      const id = event.kind === 'message' ? `${name}-${event.message.seq}` : `${name}-${event.kind}-${position}`;
      return { id, headers: [], body: Buffer.from(eventJson(event)) };
    },
  };
}

/** `/app/chat.{room}`: accepted when the message is committed. */
export function chatHandler(chat: Chat, room: string): SendHandler {
  return async (body, sender) => {
    await chat.post(room, body, sender);
  };
}

/** The same in a transaction. */
export function gatherChat(chat: Chat, room: string): Gather {
  return ({ messages }, body, sender) => void messages.push(chat.draft(room, body, sender));
}
