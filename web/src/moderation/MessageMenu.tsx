import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import type { Anchor } from './moderator.ts';

const MUTES = [
  { words: '10 minutes', seconds: 600 },
  { words: '1 hour', seconds: 3_600 },
  { words: '1 day', seconds: 86_400 },
] as const;
/** Between the button and the menu, and around it, in pixels. */
const GAP = 4;

/** What a moderator can do with a message: one menu for all of them, beside the button that opened it. */
export function MessageMenu() {
  const { moderator, chat } = useApp();
  const open = moderator.menu.value;
  const menu = useRef<HTMLDivElement>(null);
  const sure = useSignal(false);
  useLayoutEffect(() => {
    sure.value = false;
    if (open === undefined || menu.current === null) return;
    menu.current.showPopover();
    place(menu.current, open.anchor);
    menu.current.querySelector('button')?.focus();
  }, [open]);
  // It may be deleted by somebody else meanwhile.
  const messages = chat.room.value.messages.value;
  const gone = open !== undefined && !messages.some(({ seq }) => seq === open.message.seq);
  const close = (): void => {
    moderator.menu.value = undefined;
  };
  useEffect(() => {
    if (gone) close();
  }, [gone]);
  if (open === undefined) return null;
  const { message } = open;
  const act = (work: Promise<void>): void => {
    void work;
    open.anchor.focus();
    close();
  };
  return (
    <div
      ref={menu}
      popover="auto"
      class="moderation-menu"
      role="menu"
      aria-label={`Moderate ${message.sender}`}
      data-testid="moderation-menu"
      onKeyDown={(event) => step(event, menu.current)}
      onToggle={({ newState }) => {
        if (newState === 'closed') close();
      }}
    >
      <button
        type="button"
        role="menuitem"
        class={sure.value ? 'danger sure' : 'danger'}
        data-testid="moderation-delete"
        onClick={() => {
          if (sure.value) act(moderator.remove(message));
          else sure.value = true;
        }}
      >
        {sure.value ? 'Delete for everybody' : 'Delete message…'}
      </button>
      <p class="moderation-menu-title">
        Mute <bdi>{message.sender}</bdi> for
      </p>
      {MUTES.map(({ words, seconds }) => (
        <button
          key={seconds}
          type="button"
          role="menuitem"
          data-testid={`moderation-mute-${seconds}`}
          onClick={() => act(moderator.mute(message, seconds))}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

/** Below the button, or above it where there is no room. */
function place(menu: HTMLElement, anchor: Anchor): void {
  const button = anchor.getBoundingClientRect();
  const { offsetHeight: height, offsetWidth: width } = menu;
  const below = button.bottom + GAP;
  const top = below + height > window.innerHeight - GAP ? button.top - height - GAP : below;
  menu.style.top = `${Math.max(GAP, top)}px`;
  menu.style.left = `${Math.max(GAP, Math.min(button.right - width, window.innerWidth - width - GAP))}px`;
}

function step(event: KeyboardEvent, menu: HTMLElement | null): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = [...(menu?.querySelectorAll('button') ?? [])];
  const at = items.findIndex((item) => item.matches(':focus'));
  event.preventDefault();
  items[(at + (event.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length]?.focus();
}
