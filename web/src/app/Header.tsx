import { ThemeSwitch } from '../theme/ThemeSwitch.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';
import { Icon } from './Icon.tsx';
import { Places } from './Places.tsx';

/** The line over everything: the name, how the connections stand, the colours. */
export function Header() {
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
      <ThemeSwitch />
    </header>
  );
}
