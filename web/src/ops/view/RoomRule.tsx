import type { RoomRules } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';

/** Seconds of slow mode that are offered. */
const STEPS = [0, 5, 10, 30, 60, 300] as const;

/** Slow mode of a room, and whether it is closed. */
export function RoomRule({ state, rules }: { state: OpsState; rules: RoomRules }) {
  const { room, slowMode, closed } = rules;
  const set = (changed: Partial<RoomRules>, done: string): void =>
    void state.moderate({ act: 'room', ...rules, ...changed }, done);
  const steps = [...new Set([...STEPS, slowMode])].sort((one, other) => one - other);
  return (
    <div>
      <h3>{room}</h3>
      <div class="ops-orders">
        <label>
          Slow mode{' '}
          <select
            value={slowMode}
            data-testid="ops-slow-mode"
            onChange={({ currentTarget }) =>
              set({ slowMode: Number(currentTarget.value) }, `Slow mode of ${room} is set.`)
            }
          >
            {steps.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? 'off' : `${seconds} s`}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button small"
          onClick={() => set({ closed: !closed }, closed ? `${room} is open.` : `${room} is closed.`)}
        >
          {closed ? 'Open the room' : 'Close the room'}
        </button>
      </div>
    </div>
  );
}
