import { useApp } from '../app/context.ts';

/** What stands above the oldest message: that it is the first one, or that older ones are coming. */
export function ListTop() {
  const { chat, connection } = useApp();
  const room = chat.room.value;
  const { value: history } = room.history;
  const none = room.messages.value.length === 0;
  if (history === 'failed') return <p class="empty">The messages could not be read. Trying again…</p>;
  if (history === 'loading' && none) return <p class="empty">{waitingText(chat.link.value)}</p>;
  if (none) return <p class="empty">Nothing has been said in #{room.name} yet. Be the first.</p>;
  if (room.complete.value) return <p class="list-top">The beginning of #{room.name}</p>;
  if (room.older.value !== 'failed') return <p class="list-top">Older messages…</p>;
  return (
    <p class="list-top">
      <button type="button" class="link-button" onClick={() => void connection.older()}>
        Read older messages
      </button>
    </p>
  );
}

function waitingText(link: string): string {
  return link === 'offline' ? 'The server cannot be reached. The page goes on trying.' : 'Reading the messages…';
}
