import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';

const SLOW_MODES = [
  [0, 'off'],
  [5, '5 s'],
  [10, '10 s'],
  [30, '30 s'],
  [60, '1 min'],
  [300, '5 min'],
  [3_600, '1 h'],
] as const;

/** For moderators: what holds in the room that is shown. */
export function RoomControls() {
  const { moderator, chat } = useApp();
  if (!moderator.active.value) return null;
  const rules = chat.rulesOf(chat.room.value.name);
  const known = SLOW_MODES.some(([seconds]) => seconds === rules.slowMode);
  return (
    <section class="moderation-bar" aria-label="Moderation" data-testid="moderation-bar">
      <span class="moderation-bar-title" title="You are signed in as a moderator">
        <Icon name="shield" />
        <span class="visually-hidden">Moderating</span>
      </span>
      <label>
        <span title="Slow mode: the least time between two messages of one sender">
          Slow<span class="visually-hidden"> mode</span>
        </span>{' '}
        <select
          data-testid="slow-mode"
          value={rules.slowMode}
          onChange={({ currentTarget }) => void moderator.setRoom({ ...rules, slowMode: Number(currentTarget.value) })}
        >
          {!known && <option value={rules.slowMode}>{rules.slowMode} s</option>}
          {SLOW_MODES.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button small"
        data-testid="close-room"
        aria-pressed={rules.closed}
        onClick={() => void moderator.setRoom({ ...rules, closed: !rules.closed })}
      >
        {rules.closed ? 'Open room' : 'Close room'}
      </button>
      <button
        type="button"
        class="button small"
        data-testid="moderation-more"
        onClick={() => void moderator.panel.show()}
      >
        More…
      </button>
      <button
        type="button"
        class="link-button moderation-leave"
        data-testid="moderation-leave"
        onClick={() => moderator.signOut()}
      >
        Sign out
      </button>
      {moderator.problem.value !== undefined && (
        <p class="moderation-problem" role="alert">
          {moderator.problem.value}
        </p>
      )}
    </section>
  );
}
