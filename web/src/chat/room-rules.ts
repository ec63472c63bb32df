/** What moderators have set in a room. */
export interface RoomRules {
  readonly room: string;
  /** Seconds between two messages of one sender; 0 is off. */
  readonly slowMode: number;
  /** Only moderators may send. */
  readonly closed: boolean;
}

/** What `/topic/rooms` says, or undefined where the value is none of its kind. */
export function roomRulesIn(value: unknown): readonly RoomRules[] | undefined {
  if (typeof value !== 'object' || value === null || !('rooms' in value)) return undefined;
  const { rooms } = value;
  return Array.isArray(rooms) && rooms.every(isRoomRules) ? rooms : undefined;
}

function isRoomRules(value: unknown): value is RoomRules {
  if (typeof value !== 'object' || value === null) return false;
  const { room, slowMode, closed } = value as Record<string, unknown>; // Each field is checked below.
  return typeof room === 'string' && typeof slowMode === 'number' && typeof closed === 'boolean';
}

/** Seconds in a person's words: `10 s`, `5 min`, `1 h`. */
export function spanText(seconds: number): string {
  if (seconds < 120) return seconds === 60 ? '1 min' : `${seconds} s`;
  if (seconds < 7_200) return seconds === 3_600 ? '1 h' : `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3_600)} h`;
}
