import type { Preferences } from '../preferences.ts';
import type { Outgoing } from './outbox.ts';

const KEY = 'unsent';

/** Keeps what has not arrived, so that loading the page again does not lose it. */
export function storedOutbox(session: Preferences, entries: readonly Outgoing[]): void {
  const text = JSON.stringify(entries.filter((entry) => entry.state !== 'sent'));
  if (text !== (session.get(KEY) ?? '[]')) session.set(KEY, text);
}

/** What was kept. Its fate is not known: it is sent again under its own name and id. */
export function restoredOutbox(session: Preferences): readonly Outgoing[] {
  try {
    const stored: unknown = JSON.parse(session.get(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isOutgoing) : [];
  } catch {
    return [];
  }
}

function isOutgoing(value: unknown): value is Outgoing {
  if (typeof value !== 'object' || value === null) return false;
  const { id, room, sender, content, time, state, uncertain } = value as Record<string, unknown>; // Each field is checked below.
  const texts = [id, room, sender, content].every((field) => typeof field === 'string');
  return (
    texts && typeof time === 'number' && (state === 'sending' || state === 'failed') && typeof uncertain === 'boolean'
  );
}
