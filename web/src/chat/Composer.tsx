import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Icon } from '../app/Icon.tsx';
import { CONTENT_LIMIT, codePoints } from './message.ts';

/** From here on the number of characters is shown. */
const COUNTED_FROM = CONTENT_LIMIT - 200;

/** Where a message is written: Enter sends it, Shift and Enter begin a new line. */
export function Composer() {
  const { chat, connection, typist } = useApp();
  const text = useSignal('');
  const field = useRef<HTMLTextAreaElement>(null);
  const length = codePoints(text.value);
  const sendable = text.value.trim() !== '' && length <= CONTENT_LIMIT;
  useLayoutEffect(() => grow(field.current), [text.value]);
  const send = (): void => {
    if (!sendable || !connection.post(text.value)) return;
    typist.stop();
    text.value = '';
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-box">
        <textarea
          ref={field}
          class="composer-input"
          data-testid="chat-input"
          aria-label="Message"
          aria-describedby="composer-count"
          placeholder={chat.link.value === 'offline' ? 'Offline: messages wait and are sent later' : 'Write a message'}
          rows={1}
          enterkeyhint="send"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            if (text.value === '') typist.stop();
            else typist.key();
          }}
          onBlur={() => typist.stop()}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
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
