import type { ModerationView } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';
import { Ask } from './Ask.tsx';

const TEN_MINUTES = 600;

export interface MessagesProps {
  readonly state: OpsState;
  readonly room: string;
  readonly messages: ModerationView['messages'];
}

/** The newest messages of a room, the newest first, and what can be done about them. */
export function Messages({ state, room, messages }: MessagesProps) {
  return (
    <div>
      <h3>Newest messages</h3>
      {messages.length === 0 && <p class="muted">The room is empty.</p>}
      <ol class="ops-list ops-messages">
        {messages.toReversed().map(({ seq, sender, content, time }) => (
          <li key={seq} data-testid="ops-message">
            <span>
              <b>{sender}</b> <span class="muted">{new Date(time).toLocaleTimeString('en-GB')}</span>
              <br />
              {content}
            </span>
            <span class="ops-orders">
              <Ask
                label="Delete"
                question={`Delete this message of ${sender} for good, for everybody?`}
                sure={() => state.moderate({ act: 'delete', room, seq }, 'The message is deleted.')}
              />
              <Ask
                label="Mute"
                question={`Mute ${sender} in all rooms for ten minutes?`}
                sure={() =>
                  state.moderate(
                    { act: 'mute', name: sender, seconds: TEN_MINUTES },
                    `${sender} is muted for ten minutes.`,
                  )
                }
              />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
