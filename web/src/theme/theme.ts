import { effect, signal } from '@preact/signals';
import type { Preferences } from '../preferences.ts';

/** What the user chose: a scheme, or to go with the system's. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const KEY = 'theme';

/** The page's colour scheme. */
export class Theme {
  readonly choice = signal<ThemeChoice>('system');
  /** Changes with everything that changes colours; the chart, which CSS does not reach, reads its colours then. */
  readonly version = signal(0);

  constructor(preferences: Preferences, page: Document, systemDark: MediaQueryList) {
    const stored = CHOICES.find((choice) => choice === preferences.get(KEY));
    if (stored !== undefined) this.choice.value = stored;
    systemDark.addEventListener('change', () => this.version.value++);
    effect(() => {
      const choice = this.choice.value;
      preferences.set(KEY, choice);
      if (choice === 'system') delete page.documentElement.dataset.theme;
      else page.documentElement.dataset.theme = choice;
      this.version.value = this.version.peek() + 1;
    });
  }
}

/** The colour that a custom property has now, as `rgb(…)`. */
export function colour(element: HTMLElement, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
