import { useSignal } from '@preact/signals';
import { Icon } from '../app/Icon.tsx';
import { ModerateButton } from '../moderation/ModerateButton.tsx';
import { copyText } from './copy-text.ts';
import type { ShownMessage } from './message.ts';

const TOLD_MS = 1_500;

/** What can be done with a message, beside it. By keyboard: with the message focused, the key that its button names. */
export function MessageActions({ message }: { message: ShownMessage }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(message.content, document))) return;
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, TOLD_MS);
  };
  return (
    <span class="message-actions">
      <button
        type="button"
        class="icon-button"
        data-action="copy"
        data-testid="copy"
        tabIndex={-1}
        title="Copy the text (c)"
        aria-label={copied.value ? 'Copied' : 'Copy the text'}
        onClick={() => void copy()}
      >
        <Icon name={copied.value ? 'check' : 'copy'} />
      </button>
      <ModerateButton message={message} />
    </span>
  );
}
