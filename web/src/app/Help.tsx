import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './context.ts';
import { SHORTCUTS } from './shortcuts.ts';

/** The keys of the page, over everything else. The browser keeps the focus inside, and gives it back when it is closed. */
export function Help() {
  const { view } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = view.help.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const close = (): void => {
    view.help.value = false;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; by keyboard Escape does.
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      data-testid="help"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="help-body">
        <div class="help-head">
          <h2 id="help-title" class="headline-symbol">
            Keyboard shortcuts
          </h2>
          <button type="button" class="button small" data-testid="help-close" onClick={close}>
            Close
          </button>
        </div>
        <div class="help-groups">
          {SHORTCUTS.map(({ title, keys }) => (
            <section key={title} aria-label={title}>
              <h3 class="help-title">{title}</h3>
              <dl class="help-keys">
                {keys.map((shortcut) => (
                  <div key={shortcut.does}>
                    <dt>
                      {shortcut.keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{shortcut.does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </dialog>
  );
}
