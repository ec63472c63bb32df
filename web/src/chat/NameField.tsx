import { useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { cleanName, NAME_LIMIT } from './name.ts';

/** One's own name, which can be changed where it stands. */
export function NameField() {
  const { chat, connection } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const name = chat.name.value;
  if (chat.signedIn.value) {
    return (
      <p class="name-field" title="You are signed in under this name">
        <span class="muted">You</span>
        <bdi class="name-known" data-testid="name-known">
          {name}
        </bdi>
      </p>
    );
  }
  const commit = (): void => {
    const field = input.current;
    if (field === null) return;
    const wanted = cleanName(field.value) ?? name;
    field.value = wanted;
    if (wanted !== name) connection.rename(wanted);
  };
  return (
    <label class="name-field" title="Your name: click to change it">
      <span class="muted">You</span>
      <input
        ref={input}
        class="name-input"
        data-testid="name-input"
        aria-label="Your name"
        defaultValue={name}
        maxLength={NAME_LIMIT}
        autocomplete="nickname"
        spellcheck={false}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Escape') event.currentTarget.value = name;
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </label>
  );
}
