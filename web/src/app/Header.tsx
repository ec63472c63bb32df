import { ThemeSwitch } from '../theme/ThemeSwitch.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';
import { useApp } from './context.ts';
import { Icon } from './Icon.tsx';
import { Places } from './Places.tsx';

/** The line over everything: the name, how the connections stand, the colours. */
export function Header() {
  const { view } = useApp();
  return (
    <header class="header">
      <h1 class="brand">
        <span class="brand-mark">
          <Icon name="bell" />
        </span>
        <span class="brand-name">Towncrier</span>
      </h1>
      <Places />
      <ConnectionStatus />
      <button
        type="button"
        class="icon-button help-button"
        data-testid="help-open"
        aria-label="Keyboard shortcuts"
        aria-keyshortcuts="?"
        title="Keyboard shortcuts (?)"
        onClick={() => {
          view.help.value = true;
        }}
      >
        <Icon name="keyboard" />
      </button>
      <ThemeSwitch />
    </header>
  );
}
