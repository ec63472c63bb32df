import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import type { ShownMessage } from '../chat/message.ts';

/** Beside a message: opens what a moderator can do with it. Nothing for everybody else. */
export function ModerateButton({ message: { seq, sender } }: { message: ShownMessage }) {
  const { moderator, chat } = useApp();
  if (!moderator.active.value || seq === undefined) return null;
  return (
    <button
      type="button"
      class="icon-button"
      data-action="moderate"
      data-testid="moderate"
      tabIndex={-1}
      title="Moderate (m)"
      aria-label="Moderate"
      aria-haspopup="menu"
      onClick={({ currentTarget }) => {
        moderator.menu.value = { message: { room: chat.room.value.name, seq, sender }, anchor: currentTarget };
      }}
    >
      <Icon name="shield" />
    </button>
  );
}
