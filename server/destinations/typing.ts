import type { StateEvent } from '../chat/latest.ts';
import type { Typing } from '../chat/typing.ts';
import type { SendHandler, Topic } from '../session/destinations.ts';
import { stateTopic } from './state.ts';

/** `/topic/typing`: who is typing. */
export function typingTopic(typing: Typing): Topic<StateEvent> {
  return stateTopic('typing', typing.state);
}

/** `/app/typing`: a client says whether it types. */
export function typingHandler(typing: Typing): SendHandler {
  return async (body, sender) => typing.say(body, sender);
}
