import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import type { AuditEntry, Mute } from './moderation-api.ts';

/** For moderators: who is muted, which words are refused, what was done last. */
export function PanelDialog() {
  const { moderator } = useApp();
  const { panel, problem } = moderator;
  const dialog = useRef<HTMLDialogElement>(null);
  const open = panel.open.value && moderator.active.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  const rules = panel.rules.value;
  const close = (): void => {
    panel.open.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="help moderation-panel"
      aria-labelledby="moderation-panel-title"
      data-testid="moderation-panel"
      onClose={close}
    >
      <div class="help-body">
        <div class="help-head">
          <h2 id="moderation-panel-title" class="headline-symbol">
            Moderation
          </h2>
          <button type="button" class="button small" onClick={close}>
            Close
          </button>
        </div>
        {problem.value !== undefined && (
          <p class="moderation-problem" role="alert">
            {problem.value}
          </p>
        )}
        {rules === undefined ? (
          <p class="muted">Loading…</p>
        ) : (
          <>
            <Muted mutes={rules.mutes} />
            <Words words={rules.words} />
            <Audit entries={panel.audit.value} />
          </>
        )}
      </div>
    </dialog>
  );
}

function Muted({ mutes }: { mutes: readonly Mute[] }) {
  const { panel } = useApp().moderator;
  return (
    <section aria-label="Muted">
      <h3 class="moderation-heading">Muted</h3>
      {mutes.length === 0 && <p class="muted">Nobody is muted.</p>}
      <ul class="moderation-list">
        {mutes.map(({ name, room, until }) => (
          <li key={`${name} ${room}`} data-testid="moderation-muted">
            <bdi class="moderation-what">{name}</bdi>
            <span class="muted">
              {room === '' ? 'everywhere' : `in ${room}`}, until {when(until)}
            </span>
            <button
              type="button"
              class="button small"
              aria-label={`Unmute ${name}`}
              onClick={() => void panel.unmute({ name, room })}
            >
              Unmute
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Words({ words }: { words: readonly string[] }) {
  const { panel } = useApp().moderator;
  const word = useSignal('');
  return (
    <section aria-label="Refused words">
      <h3 class="moderation-heading">Refused words</h3>
      {words.length === 0 && <p class="muted">No word is refused.</p>}
      <ul class="moderation-words">
        {words.map((each) => (
          <li key={each} data-testid="moderation-word">
            <bdi>{each}</bdi>
            <button
              type="button"
              aria-label={`Allow ${each} again`}
              title="Allow again"
              onClick={() => void panel.removeWord(each)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        class="moderation-add"
        onSubmit={(event) => {
          event.preventDefault();
          void panel.addWord(word.value);
          word.value = '';
        }}
      >
        <input
          aria-label="A word to refuse; * stands for anything at its beginning or end"
          placeholder="word or word*"
          required
          maxLength={64}
          data-testid="moderation-new-word"
          value={word.value}
          onInput={({ currentTarget }) => {
            word.value = currentTarget.value;
          }}
        />
        <button type="submit" class="button small">
          Refuse
        </button>
      </form>
    </section>
  );
}

function Audit({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <section aria-label="Done last">
      <h3 class="moderation-heading">Done last</h3>
      {entries.length === 0 && <p class="muted">Nothing yet.</p>}
      <ol class="moderation-list">
        {entries.map(({ id, time, by, action, target }) => (
          <li key={id} data-testid="moderation-entry">
            <span class="moderation-what">
              {action} <bdi>{readable(target)}</bdi>
            </span>
            <span class="muted">
              <bdi>{by}</bdi>, {when(time)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function when(time: number): string {
  return format.format(time);
}

/** The audit holds times as ISO 8601 has them, for every reader; here they are those of the page. */
function readable(target: string): string {
  return target.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => when(Date.parse(time)));
}
