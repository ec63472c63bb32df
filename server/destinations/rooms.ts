import type { LatestState, StateEvent } from '../chat/latest.ts';
import type { Topic } from '../session/destinations.ts';
import { stateTopic } from './state.ts';

/** `/topic/rooms`: what holds in each room. */
export function roomsTopic(rules: LatestState): Topic<StateEvent> {
  return stateTopic('rooms', rules);
}
