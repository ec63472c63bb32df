import type { ModerationView } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';

/** Who may not send now. */
export function Mutes({ state, mutes }: { state: OpsState; mutes: ModerationView['mutes'] }) {
  return (
    <div>
      <h3>Muted</h3>
      {mutes.length === 0 && <p class="muted">Nobody.</p>}
      <ul class="ops-list">
        {mutes.map(({ name, room, until }) => (
          <li key={`${name} ${room}`} data-testid="ops-mute">
            <span>
              <b>{name}</b>{' '}
              <span class="muted">
                {room === '' ? 'everywhere' : `in ${room}`} until {new Date(until).toLocaleTimeString('en-GB')}
              </span>
            </span>
            <button
              type="button"
              class="button small"
              onClick={() => void state.moderate({ act: 'unmute', name, room }, `${name} may send again.`)}
            >
              Unmute
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
