import { Refusal } from '../errors.ts';

/** Who writes: what is known of a client. */
export interface Author {
  /** The id of its session, unique in this instance. */
  readonly session: string;
  /** The name that it signed in with; `undefined` for a guest without one. */
  readonly name: string | undefined;
  /** The name to use where neither sign-in nor body gives one. */
  readonly fallback: string;
}

/** Code points of a name, at most. */
export const MAX_NAME = 100;
const name = new RegExp(`^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{1,${MAX_NAME}}$`, 'u');

/** Whether a text may stand as a name: 1 to 100 code points, no control character or line break, no lone surrogate. */
export function isName(text: string): boolean {
  return name.test(text);
}

/** The name that is shown: of the sign-in, else the one given, else the fallback. Throws a `Refusal` for a wrong one. */
export function nameOf(author: Author, given: string | undefined): string {
  if (author.name !== undefined && !isName(author.name)) {
    throw new Refusal(
      'invalid-message',
      `The name signed in with must be 1 to ${MAX_NAME} characters long, without control characters.`,
    );
  }
  return author.name ?? given ?? author.fallback;
}
