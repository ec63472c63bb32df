import type { StateEvent } from '../chat/latest.ts';
import type { Typing } from '../chat/typing.ts';
import type { SendHandler, Topic } from '../session/destinations.ts';
import type { Gather } from './batch.ts';
import { stateTopic } from './state.ts';

/** `/topic/typing`: who is typing. */
export function typingTopic(typing: Typing): Topic<StateEvent> {
  return stateTopic('typing', typing.state);
}

/** `/app/typing`: a client says whether it types. */
export function typingHandler(typing: Typing): SendHandler {
  return async (body, sender) => typing.say(body, sender);
}

/** The same in a transaction: said when its messages are committed. */
export function gatherTyping(typing: Typing): Gather {
  return ({ after }, body, sender) => void after.push(typing.read(body, sender));
}
