import { useApp } from '../app/context.ts';
import { typingText } from './typing-text.ts';

/** Who is typing; or, where there is one, what the server had to say. */
export function TypingLine() {
  const { chat } = useApp();
  const notice = chat.notice.value;
  const typing = typingText(chat.typing.value, chat.name.value, chat.rooms.value.length);
  return (
    <div class="typing-line">
      {notice !== undefined && (
        <p class="notice" role="alert" data-testid="notice">
          {notice}
        </p>
      )}
      <p class="typing" data-testid="typing">
        {notice === undefined && typing}
      </p>
    </div>
  );
}
