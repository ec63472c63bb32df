import { useEffect } from 'preact/hooks';
import { type AppParts, useApp } from './context.ts';
import { isTypedInto } from './typed-into.ts';

/** The keys that work wherever nothing is typed; `shortcuts.ts` lists them for the user. */
export function useKeys(): void {
  const app = useApp();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || isBehindDialog()) return;
      if (event.altKey ? byAlt(app, event.key) : !isTypedInto(event.target) && byKey(app, event.key)) {
        event.preventDefault();
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

/** A dialog that was left says so a moment after it has gone, when the next key may be there already: the document knows. */
function isBehindDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** Returns whether the key means something. */
function byKey({ view }: AppParts, key: string): boolean {
  if (key === '?') {
    view.help.value = true;
    return true;
  }
  if (key !== 'm' && key !== 'M') return false;
  view.tab.value = 'chat';
  document.querySelector<HTMLElement>('.composer-input')?.focus();
  return true;
}

/** These work while one writes, too. */
function byAlt({ chat, connection }: AppParts, key: string): boolean {
  const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const rooms = chat.rooms.peek();
  const next = rooms[rooms.indexOf(chat.room.peek()) + step];
  if (step === 0 || next === undefined) return false;
  connection.enter(next.name);
  return true;
}
