import type { LatestState, StateEvent } from '../chat/latest.ts';
import { Refusal } from '../errors.ts';
import type { Topic } from '../session/destinations.ts';

/** A topic of which only the newest state matters: it comes first, and there is nothing to resume. */
export function stateTopic(name: string, state: LatestState): Topic<StateEvent> {
  return {
    stream: state.stream,
    message: (event, position) => ({ id: `${name}-${position}`, headers: [], body: event }),
    start(after) {
      if (after === undefined) return state.start();
      throw new Refusal(
        'invalid-parameter',
        `The header "after" means nothing here: the ${name} topic has no history.`,
      );
    },
  };
}
