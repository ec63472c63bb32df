import { useApp } from '../app/context.ts';
import { Icon, type IconName } from '../app/Icon.tsx';
import type { ThemeChoice } from './theme.ts';

const CHOICES: readonly { choice: ThemeChoice; icon: IconName; label: string }[] = [
  { choice: 'light', icon: 'sun', label: 'Light' },
  { choice: 'system', icon: 'system', label: 'As the system' },
  { choice: 'dark', icon: 'moon', label: 'Dark' },
];

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const { theme } = useApp();
  return (
    <fieldset class="segments theme-switch" data-testid="theme">
      <legend class="visually-hidden">Colours</legend>
      {CHOICES.map(({ choice, icon, label }) => (
        <label key={choice} class="segment" title={label}>
          <input
            type="radio"
            name="theme"
            value={choice}
            class="visually-hidden"
            checked={theme.choice.value === choice}
            onChange={() => {
              theme.choice.value = choice;
            }}
          />
          <Icon name={icon} />
          <span class="visually-hidden">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
