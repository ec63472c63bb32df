/** Longer names are not taken by this page. */
export const NAME_LIMIT = 40;

/** What a user typed as a name: without controls, runs of spaces and surrounding space; undefined when nothing is left. */
export function cleanName(text: string): string | undefined {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return clean === '' ? undefined : [...clean].slice(0, NAME_LIMIT).join('').trim();
}

/** A name for who has none. */
export function guestName(random: () => number): string {
  return `guest-${Math.floor(random() * 0x10000)
    .toString(16)
    .padStart(4, '0')}`;
}

/** Which of the `count` colours a name has; the same everywhere. */
export function nameColour(name: string, count: number): number {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  // The last bits of a sum alone would give alike names one colour.
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 15)) >>> 0) % count;
}
