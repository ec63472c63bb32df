import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';

/** The form for a moderator's token. */
export function ModeratorSignIn() {
  const { moderator } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const open = moderator.asking.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      class="help moderation-sign-in"
      aria-labelledby="moderation-title"
      data-testid="moderation-sign-in"
      onClose={() => {
        moderator.asking.value = false;
      }}
    >
      <form
        class="help-body"
        onSubmit={(event) => {
          event.preventDefault();
          const token = input.current?.value.trim() ?? '';
          if (token !== '') void moderator.signIn(token);
        }}
      >
        <h2 id="moderation-title" class="headline-symbol">
          Sign in to moderate
        </h2>
        <label class="moderation-token">
          Token
          <input ref={input} type="password" data-testid="moderation-token" autocomplete="off" required />
        </label>
        <p class="muted moderation-note">It is kept in this tab until you close it.</p>
        {moderator.problem.value !== undefined && (
          <p class="moderation-problem" role="alert">
            {moderator.problem.value}
          </p>
        )}
        <div class="moderation-buttons">
          <button
            type="button"
            class="button"
            onClick={() => {
              moderator.asking.value = false;
            }}
          >
            Cancel
          </button>
          <button type="submit" class="button primary" data-testid="moderation-submit">
            Sign in
          </button>
        </div>
      </form>
    </dialog>
  );
}
