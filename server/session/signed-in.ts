import type { Identity } from '../auth/identity.ts';
import { needScope, type Scope } from '../auth/scopes.ts';
import { Refusal } from '../errors.ts';
import type { Sender } from './destinations.ts';
import { withScopes } from './sender.ts';
import type { Session } from './session.ts';
import type { Watched } from './wheel.ts';

/** Where a session sends a new token before the old one ends. */
export const TOKEN_DESTINATION = '/app/token';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What a session may do by its token, and for how long: it ends when the token does. */
export class SignedIn implements Watched {
  slot = -1;
  readonly #session: Session;
  #identity: Identity;

  constructor(session: Session, identity: Identity) {
    this.#session = session;
    this.#identity = identity;
    session.host.wheel.add(this, this.#left());
  }

  /** Throws `scope-missing`. */
  need(scope: Scope | undefined): void {
    needScope(this.#identity.scopes, scope);
  }

  /** The sender as its newest token has it. */
  asOfNow(sender: Sender): Sender {
    return withScopes(sender, this.#identity);
  }

  look(): number {
    const left = this.#left();
    if (left > 0) return left;
    this.#session.fail(new Refusal('token-expired', 'Your token has expired; connect again with a new one.'));
    return Number.POSITIVE_INFINITY;
  }

  /**
   * Takes the token in `{"token"}` for the one that the session has. It must be of the same user under the same name, and
   * allow no less: what the session has begun stays allowed. Rejects with `renewal-refused`; the session then goes on.
   */
  async renew(body: Uint8Array): Promise<void> {
    const identity = await this.#identify(tokenIn(body));
    if (identity.subject !== this.#identity.subject || identity.name !== this.#identity.name)
      throw new Refusal('renewal-refused', 'The new token is of another user; connect again with it.');
    const lost = [...this.#identity.scopes].find((scope) => !identity.scopes.has(scope));
    if (lost !== undefined)
      throw new Refusal('renewal-refused', `The new token lacks the scope ${lost}; connect again with it.`);
    if (!this.#session.connected) return;
    this.#identity = identity;
    this.#session.host.wheel.add(this, this.#left());
  }

  /** The session has ended. */
  stop(): void {
    this.#session.host.wheel.remove(this);
  }

  async #identify(token: string): Promise<Identity> {
    try {
      return (await this.#session.host.options.signIn?.identify(token)) ?? this.#identity;
    } catch (error) {
      if (error instanceof Refusal) throw new Refusal('renewal-refused', error.message);
      throw error;
    }
  }

  /** In milliseconds. */
  #left(): number {
    return this.#identity.expiresAt - this.#session.host.options.clock.now();
  }
}

function tokenIn(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new Refusal('invalid-json');
  }
  const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : undefined;
  if (typeof token === 'string') return token;
  throw new Refusal('invalid-message', '"token" must be a string.');
}
