import { Refusal } from '../errors.ts';
import { isName, MAX_NAME } from '../name.ts';

/** Who writes: what is known of a client. */
export interface Author {
  /** The id of its session, unique in this instance. */
  readonly session: string;
  /** The name that it signed in with; `undefined` for a guest without one. */
  readonly name: string | undefined;
  /** The name to use where neither sign-in nor body gives one. */
  readonly fallback: string;
  /** Whether the name is that of a token, so that it cannot be another one. */
  readonly signedIn?: boolean;
  /** Where it comes from: what counts as one stranger. Not known where it is absent. */
  readonly address?: string;
  /** Slow mode and closed rooms are not for moderators. */
  readonly moderator?: boolean;
}

export { isName, MAX_NAME };

/**
 * The name that is shown: of the sign-in, else the one given, else the fallback. Throws a `Refusal` for a wrong one, and for
 * one that is given beside the name of a token and is another.
 */
export function nameOf(author: Author, given: string | undefined): string {
  if (author.name !== undefined && !isName(author.name)) {
    throw new Refusal(
      'invalid-message',
      `The name signed in with must be 1 to ${MAX_NAME} characters long, without control characters.`,
    );
  }
  if (author.signedIn && given !== undefined && given !== author.name)
    throw new Refusal('invalid-message', '"sender" must be left out, or be the name of your token.');
  return author.name ?? given ?? author.fallback;
}
