import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { memo } from '../app/memo.ts';
import { textParts } from './links.ts';
import { MessageActions } from './MessageActions.tsx';
import type { ShownMessage } from './message.ts';
import { nameColour } from './name.ts';
import { fullTimeText, timeText } from './times.ts';

export interface MessageProps {
  /** Names the row, for its height. */
  readonly rowKey: string;
  readonly message: ShownMessage;
  readonly own: boolean;
  /** It begins a group. */
  readonly head: boolean;
}

const COLOURS = 8;

/** One message. What it says is shown as text, whatever is in it. */
export const Message = memo(({ rowKey, message, own, head }: MessageProps) => (
  <li
    class={`message ${own ? 'own' : 'other'} ${head ? 'head' : 'follows'}`}
    data-testid="chat-message"
    data-key={rowKey}
    data-seq={message.seq}
    data-id={message.id}
    data-state={message.state}
    tabIndex={-1}
  >
    {head ? <MessageHead message={message} own={own} /> : <span class="visually-hidden">{message.sender}</span>}
    <div class="message-line">
      <MessageText message={message} />
      <MessageActions message={message} />
    </div>
    {message.state === 'sending' && <MessageSending />}
    {message.state === 'failed' && <MessageFailed message={message} />}
  </li>
));

/** The bubble. */
function MessageText({ message }: { message: ShownMessage }) {
  return (
    <div class="bubble" dir="auto" title={fullTimeText(message.time)} data-testid="chat-content">
      {textParts(message.content).map(({ text, href }) =>
        href === undefined ? (
          text
        ) : (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={-1}>
            {text}
          </a>
        ),
      )}
    </div>
  );
}

function MessageHead({ message: { sender, time }, own }: { message: ShownMessage; own: boolean }) {
  return (
    <div class="message-head">
      {!own && (
        <span class={`avatar colour-${nameColour(sender, COLOURS)}`} aria-hidden="true">
          {[...sender][0]?.toUpperCase()}
        </span>
      )}
      <bdi class={own ? 'visually-hidden' : 'sender'}>{sender}</bdi>
      <time class="muted" dateTime={new Date(time).toISOString()}>
        {timeText(time)}
      </time>
    </div>
  );
}

function MessageSending() {
  const { chat } = useApp();
  return <p class="message-state">{chat.link.value === 'live' ? 'Sending…' : 'Waits for the connection'}</p>;
}

function MessageFailed({ message }: { message: ShownMessage }) {
  const { connection } = useApp();
  return (
    <div class="message-failed" role="alert">
      <p class="message-reason">
        <Icon name="warning" />
        Not sent. {message.reason}
      </p>
      <button type="button" class="link-button" data-testid="retry" onClick={() => connection.retry(message.id)}>
        Retry
      </button>
      <button type="button" class="link-button" data-testid="discard" onClick={() => connection.discard(message.id)}>
        Delete
      </button>
    </div>
  );
}
