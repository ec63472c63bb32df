import type { Setting } from './settings.ts';

/** What a setting may be, in words that follow "must be"; `undefined` where any text will do. */
export function allowed(setting: Setting): string | undefined {
  switch (setting.type) {
    case 'integer':
      return `a whole number from ${setting.min} to ${setting.max}`;
    case 'choice':
      return `one of ${setting.choices.join(', ')}`;
    case 'text':
      return setting.patternText;
    case 'list': {
      const list = `a list, separated by commas and without repetition, of ${setting.patternText}`;
      return setting.first === undefined ? list : `${list}; ${setting.first} comes first`;
    }
  }
}

/** A default as one would write it into the environment; empty for an empty list. */
export function shownDefault(setting: Setting): string {
  return setting.type === 'list' ? setting.default.join(',') : String(setting.default);
}
