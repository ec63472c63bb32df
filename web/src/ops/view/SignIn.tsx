import { useState } from 'preact/hooks';
import type { OpsState } from '../ops-state.ts';

/** Asks for the admin token. */
export function SignIn({ state, said }: { state: OpsState; said: string }) {
  const [token, setToken] = useState('');
  return (
    <main class="ops-sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void state.signIn(token);
        }}
      >
        <h2>Sign in</h2>
        <label for="token">Admin token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          required
          value={token}
          data-testid="ops-token"
          aria-describedby="token-help"
          aria-invalid={said !== ''}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <p id="token-help" class={said === '' ? 'muted' : 'ops-trouble'} role="status">
          {said === '' ? 'The server has it as ADMIN_TOKEN. It stays in this tab, until you close it.' : said}
        </p>
        <button type="submit" class="button">
          Sign in
        </button>
      </form>
    </main>
  );
}
