import { effect } from '@preact/signals';
import type { Preferences } from '../preferences.ts';
import type { RoomState } from './room-state.ts';

/** A room's unsent text is kept for the visit of this tab, also over a reload. */
export function keepDraft(room: RoomState, visit: Preferences): void {
  const key = `draft.${room.name}`;
  room.draft.value = visit.get(key) ?? '';
  effect(() => visit.set(key, room.draft.value));
}
