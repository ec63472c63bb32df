import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { badgeText } from './badge.ts';

/** The rooms, where there are several: which one is shown, and how much is unread in the others. */
export function Rooms() {
  const { chat, connection } = useApp();
  const rooms = chat.rooms.value;
  const list = useRef<HTMLElement>(null);
  const shownName = chat.room.value.name;
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shownName]);
  if (rooms.length < 2) return null;
  return (
    <div class="room-area">
      <nav
        class="rooms"
        aria-label="Rooms"
        data-testid="rooms"
        ref={list}
        // A wheel that only turns has no other way to the rooms beyond the edge.
        onWheel={({ currentTarget, deltaX, deltaY }) => {
          if (deltaX === 0) currentTarget.scrollLeft += deltaY;
        }}
      >
        {rooms.map((room) => {
          const unread = room.unread.value;
          const shown = room === chat.room.value;
          return (
            <button
              key={room.name}
              type="button"
              class={unread > 0 && !shown ? 'room unread' : 'room'}
              data-testid={`room-${room.name}`}
              data-history={room.history.value}
              title={room.name.length > 20 ? room.name : undefined}
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
    </div>
  );
}
