import { useApp } from '../app/context.ts';
import { badgeText } from './badge.ts';

/** The rooms, where there are several: which one is shown, and how much is unread in the others. */
export function Rooms() {
  const { chat, connection } = useApp();
  const rooms = chat.rooms.value;
  if (rooms.length < 2) return null;
  return (
    <nav class="rooms" aria-label="Rooms" data-testid="rooms">
      {rooms.map((room) => {
        const unread = room.unread.value;
        const shown = room === chat.room.value;
        return (
          <button
            key={room.name}
            type="button"
            class={unread > 0 && !shown ? 'room unread' : 'room'}
            data-testid={`room-${room.name}`}
            aria-current={shown ? 'true' : undefined}
            onClick={() => connection.enter(room.name)}
          >
            <span class="room-name">
              <span aria-hidden="true">#</span>
              {room.name}
            </span>
            {unread > 0 && !shown && (
              <span class="badge" data-testid={`unread-${room.name}`}>
                {badgeText(unread)}
                <span class="visually-hidden"> new messages</span>
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}
