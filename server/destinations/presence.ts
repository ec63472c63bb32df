import type { StateEvent } from '../chat/latest.ts';
import type { Presence } from '../chat/presence.ts';
import type { Topic } from '../session/destinations.ts';
import { stateTopic } from './state.ts';

/** `/topic/presence`: who is here. */
export function presenceTopic(presence: Presence): Topic<StateEvent> {
  return stateTopic('presence', presence.state);
}
