import { useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { EmojiPicker } from './EmojiPicker.tsx';
import { withEmoji } from './emoji.ts';
import { CONTENT_LIMIT, codePoints } from './message.ts';
import { RoomNote } from './RoomNote.tsx';
import { useSecondsLeft } from './use-seconds-left.ts';

/** From here on the number of characters is shown. */
const COUNTED_FROM = CONTENT_LIMIT - 200;

/** Where a message is written: Enter sends it, Shift and Enter begin a new line. What is not sent is kept, room by room. */
export function Composer() {
  const { chat, connection, typist } = useApp();
  const room = chat.room.value;
  const text = room.draft.value;
  const field = useRef<HTMLTextAreaElement>(null);
  const length = codePoints(text);
  const rules = chat.rulesOf(room.name);
  const exempt = chat.moderates.value;
  const closed = rules.closed && !exempt;
  const wait = useSecondsLeft(exempt ? 0 : room.sentAt.value + rules.slowMode * 1_000);
  const sendable = text.trim() !== '' && length <= CONTENT_LIMIT && !closed && wait === 0;
  useLayoutEffect(() => grow(field.current), [text]);
  const write = (value: string, caret?: number): void => {
    room.draft.value = value;
    if (field.current === null || caret === undefined) return;
    field.current.value = value;
    field.current.setSelectionRange(caret, caret);
  };
  const send = (): void => {
    if (!sendable || !connection.post(text)) return;
    typist.stop();
    write('');
    field.current?.focus();
  };
  const insert = (emoji: string): void => {
    const { selectionStart: from = text.length, selectionEnd: to = text.length } = field.current ?? {};
    write(text.slice(0, from) + emoji + text.slice(to), from + emoji.length);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <RoomNote rules={rules} exempt={exempt} wait={wait} />
      <div class="composer-box">
        <textarea
          ref={field}
          class="composer-input"
          data-testid="chat-input"
          aria-label={`Message to ${room.name}`}
          aria-describedby="room-note composer-count"
          disabled={closed}
          aria-invalid={length > CONTENT_LIMIT}
          placeholder={closed ? 'This room is closed' : placeholder(chat.link.value, room.name)}
          rows={1}
          enterkeyhint="send"
          value={text}
          onInput={({ currentTarget: { value, selectionStart } }) => {
            const replaced = withEmoji(value, selectionStart);
            if (replaced === undefined) write(value);
            else write(replaced.text, replaced.caret);
            if (value === '') typist.stop();
            else typist.key();
          }}
          onBlur={() => typist.stop()}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            send();
          }}
        />
        <EmojiPicker choose={insert} back={() => field.current?.focus()} />
        <button type="submit" class="send" data-testid="chat-send" aria-label="Send" disabled={!sendable}>
          <Icon name="send" />
        </button>
      </div>
      <p id="composer-count" class={length > CONTENT_LIMIT ? 'count over' : 'count'} data-testid="count" role="status">
        {length >= COUNTED_FROM && countText(length)}
      </p>
    </form>
  );
}

function placeholder(link: string, room: string): string {
  return link === 'offline' ? 'Offline: messages wait here' : `Message #${room}`;
}

function countText(length: number): string {
  const over = length - CONTENT_LIMIT;
  const figures = `${length.toLocaleString('en-US')} / ${CONTENT_LIMIT.toLocaleString('en-US')}`;
  return over > 0 ? `${figures}: ${over.toLocaleString('en-US')} too many` : figures;
}

/** As high as its text; CSS sets the most. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
