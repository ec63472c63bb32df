import { useRef } from 'preact/hooks';

export interface AskProps {
  readonly label: string;
  readonly question: string;
  sure(): Promise<void>;
}

/** A button that asks before it does anything. */
export function Ask({ label, question, sure }: AskProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" class="button small" onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} class="ops-dialog" aria-label={label}>
        <form
          method="dialog"
          onSubmit={(event) => {
            if (event.submitter?.getAttribute('value') === 'sure') void sure();
          }}
        >
          <p>{question}</p>
          <div class="ops-orders">
            <button type="submit" class="button" value="no">
              Cancel
            </button>
            <button type="submit" class="button primary" value="sure">
              {label}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
