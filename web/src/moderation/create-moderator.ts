import type { Preferences } from '../preferences.ts';
import { serverModeration } from './moderation-api.ts';
import { Moderator } from './moderator.ts';

/** The moderator at a window. `changed`: the chat's session should be made anew. */
export function createModerator({ location, history }: Window, visit: Preferences, changed: () => void): Moderator {
  return new Moderator({
    api: serverModeration,
    visit,
    fragment: {
      get: () => location.hash.slice(1),
      clear: () => history.replaceState(history.state, '', `${location.pathname}${location.search}`),
    },
    changed,
  });
}
