import type { Instance, ModerationView } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';
import { Messages } from './Messages.tsx';
import { Mutes } from './Mutes.tsx';
import { RoomRule } from './RoomRule.tsx';
import { Words } from './Words.tsx';

/** The chat for who keeps it civil; it is asked for only when it is opened. */
export function Moderation({ state, instances }: { state: OpsState; instances: readonly Instance[] }) {
  const rooms = instances.find((instance) => instance.rooms !== undefined)?.rooms;
  if (rooms === undefined) return null;
  const view = state.moderation.value;
  return (
    <section class="ops-panel" data-testid="ops-moderation">
      <h2>Chat</h2>
      <div class="ops-orders ops-rooms">
        {rooms.map((room) => (
          <button
            key={room}
            type="button"
            class={`button small ${state.room.value === room ? 'primary' : ''}`}
            aria-pressed={state.room.value === room}
            onClick={() => void state.open(room)}
          >
            {room}
          </button>
        ))}
        {state.room.value === undefined && <span class="muted">Open a room to moderate it.</span>}
      </div>
      {state.room.value !== undefined && view !== undefined && (
        <Open state={state} room={state.room.value} view={view} />
      )}
    </section>
  );
}

function Open({ state, room, view }: { state: OpsState; room: string; view: ModerationView }) {
  const rules = view.rooms.find((each) => each.room === room) ?? { room, slowMode: 0, closed: false };
  return (
    <div class="ops-chat">
      <Messages state={state} room={room} messages={view.messages} />
      <div class="ops-rules">
        <RoomRule state={state} rules={rules} />
        <Mutes state={state} mutes={view.mutes} />
        <Words state={state} words={view.words} />
        <Audit entries={view.audit} />
      </div>
    </div>
  );
}

function Audit({ entries }: { entries: ModerationView['audit'] }) {
  return (
    <div>
      <h3>Done last</h3>
      {entries.length === 0 && <p class="muted">Nothing yet.</p>}
      <ol class="ops-list">
        {entries.map(({ id, time, by, action, target }) => (
          <li key={id}>
            <span>
              {action} <b>{target}</b>
            </span>
            <span class="muted">
              {by}, {new Date(time).toLocaleTimeString('en-GB')}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
