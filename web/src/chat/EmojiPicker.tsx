import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../app/Icon.tsx';
import { EMOJI } from './emoji.ts';

const COLUMNS = 8;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: COLUMNS,
  ArrowUp: -COLUMNS,
};

/** A button that opens a small grid of emoji. `back` puts the focus where it was when the grid closes. */
export function EmojiPicker({ choose, back }: { choose: (emoji: string) => void; back: () => void }) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (): void => {
    open.value = false;
    back();
  };
  useEffect(() => {
    if (!open.value) return;
    root.current?.querySelector<HTMLElement>('.emoji')?.focus();
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open.value]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons inside.
    <div
      class="emoji-picker"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && open.value) {
          event.stopPropagation();
          close();
        }
        move(event, root.current);
      }}
    >
      <button
        type="button"
        class="icon-button"
        data-testid="emoji-open"
        aria-label="Emoji"
        title="Emoji"
        aria-haspopup="true"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="smile" />
      </button>
      {open.value && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields.
        <div class="emoji-grid" role="group" aria-label="Emoji" data-testid="emoji-grid">
          {EMOJI.map(({ name, text }, i) => (
            <button
              key={name}
              type="button"
              class="emoji"
              title={`:${name}:`}
              aria-label={name}
              tabIndex={i === 0 ? 0 : -1}
              onClick={() => {
                choose(text);
                close();
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function move(event: KeyboardEvent, root: HTMLElement | null): void {
  const step = STEPS[event.key];
  const emoji = [...(root?.querySelectorAll<HTMLElement>('.emoji') ?? [])];
  const at = emoji.findIndex((each) => each.matches(':focus'));
  if (step === undefined || at < 0) return;
  event.preventDefault();
  emoji[at + step]?.focus();
}
