import type { RoomRules } from '../engines/moderation-store.ts';
import type { Moderation } from './moderation.ts';

/** What holds in each room, in the order of the rooms: as everybody may know it. */
export function roomRules(rooms: Iterable<string>, moderation: Moderation): RoomRules[] {
  const set = new Map(moderation.rules().rooms.map((rules) => [rules.room, rules]));
  return [...rooms].map((room) => set.get(room) ?? { room, slowMode: 0, closed: false });
}
