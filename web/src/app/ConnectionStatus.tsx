import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { healthOf } from '../connection/health.ts';
import { ConnectionDetails } from './ConnectionDetails.tsx';
import { useApp } from './context.ts';

/** How the page's connections stand, in one sign and some words; a click tells the details. */
export function ConnectionStatus() {
  const { chat, market } = useApp();
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const room = chat.room.value;
  const { level, words } = healthOf({
    chat: chat.link.value,
    behind: room.behind.value || room.history.value !== 'ready',
    transport: chat.transport.value,
    prices: market.link.value,
  });
  useEffect(() => {
    if (!open.value) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open.value]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it from whichever of its buttons has the focus.
    <div
      class="status"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open.value) return;
        open.value = false;
        button.current?.focus();
      }}
    >
      <button
        type="button"
        ref={button}
        class="status-button"
        data-testid="connection"
        data-level={level}
        aria-expanded={open.value}
        aria-controls="connection-details"
        title="How the page is connected"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <span class="status-dot" />
        <span class="status-words">{words}</span>
      </button>
      <span class="visually-hidden" role="status">
        {words}
      </span>
      <ConnectionDetails open={open.value} />
    </div>
  );
}
