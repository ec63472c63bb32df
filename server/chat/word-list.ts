import { Refusal } from '../errors.ts';
import { fold } from './fold.ts';

/** Code points of a word, at most, its `*` included. */
const MAX_WORD = 64;
const TOKEN = /[\p{L}\p{M}\p{N}_]+/gu;
const ONE_TOKEN = /^[\p{L}\p{M}\p{N}_]+$/u;
const RULE =
  `A word is 1 to ${MAX_WORD} letters and digits, with a * before or behind for what may come there; ` +
  'between two * any characters but blanks and * may stand.';

/** A word of the list as it is stored and compared. Throws a `Refusal` (`invalid-message`) for one that could never fit. */
export function readWord(text: string): string {
  const word = fold(text);
  const inner = word.replace(/^\*/, '').replace(/\*$/, '');
  const anywhere = word.length > 2 && word.startsWith('*') && word.endsWith('*');
  const fits = anywhere ? /^[^\s*\p{C}]+$/u.test(inner) : ONE_TOKEN.test(inner);
  if (!fits || [...word].length > MAX_WORD) throw new Refusal('invalid-message', RULE);
  return word;
}

/** Words that messages may not hold: `word` whole, `word*` at a beginning, `*word` at an end, `*word*` anywhere. */
export class WordList {
  readonly #whole = new Set<string>();
  readonly #beginnings: string[] = [];
  readonly #ends: string[] = [];
  readonly #parts: string[] = [];

  /** `words` as `readWord` gives them. */
  constructor(words: readonly string[]) {
    for (const word of words) {
      const [before, behind] = [word.startsWith('*'), word.endsWith('*')];
      const inner = word.slice(before ? 1 : 0, behind ? -1 : undefined);
      if (before && behind) this.#parts.push(inner);
      else if (before) this.#ends.push(inner);
      else if (behind) this.#beginnings.push(inner);
      else this.#whole.add(inner);
    }
  }

  /** Whether a text holds one of the words. */
  isIn(text: string): boolean {
    const parts = this.#parts;
    const tokens = this.#whole.size + this.#beginnings.length + this.#ends.length;
    if (tokens + parts.length === 0) return false;
    const folded = fold(text);
    if (parts.some((part) => folded.includes(part))) return true;
    return tokens > 0 && (folded.match(TOKEN) ?? []).some((token) => this.#isOne(token));
  }

  #isOne(token: string): boolean {
    if (this.#whole.has(token)) return true;
    if (this.#beginnings.some((beginning) => token.startsWith(beginning))) return true;
    return this.#ends.some((end) => token.endsWith(end));
  }
}
