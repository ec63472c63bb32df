import { Icon } from '../app/Icon.tsx';
import { type RoomRules, spanText } from './room-rules.ts';

export interface RoomNoteProps {
  readonly rules: RoomRules;
  /** Closed rooms are open to the user, and slow mode does not hold. */
  readonly exempt: boolean;
  /** Seconds until the user may send again. */
  readonly wait: number;
}

/** Above the composer: what moderators have set in the room, and how long one has to wait for it. */
export function RoomNote({ rules, exempt, wait }: RoomNoteProps) {
  const { closed, slowMode } = rules;
  if (!closed && slowMode === 0) return <div id="room-note" role="status" class="visually-hidden" />;
  const words = closed
    ? 'This room is closed: only moderators write.'
    : `Slow mode: one message every ${spanText(slowMode)}.`;
  return (
    <div id="room-note" class="room-note" data-testid="room-note" data-kind={closed ? 'closed' : 'slow'}>
      <Icon name={closed ? 'lock' : 'clock'} />
      <span role="status">{exempt && !closed ? `${words} Not for you.` : words}</span>
      {!closed && wait > 0 && (
        <span class="room-wait" data-testid="room-wait">
          Wait {spanText(wait)}
        </span>
      )}
    </div>
  );
}
