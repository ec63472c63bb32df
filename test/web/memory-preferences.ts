import type { Preferences } from '../../web/src/preferences.ts';

/** Preferences that a test can look into. */
export function memoryPreferences(texts: Record<string, string> = {}): Preferences {
  const kept = new Map(Object.entries(texts));
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
}
