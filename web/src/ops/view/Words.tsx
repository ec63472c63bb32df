import { useState } from 'preact/hooks';
import type { OpsState } from '../ops-state.ts';

/** Words that messages and names may not have. */
export function Words({ state, words }: { state: OpsState; words: readonly string[] }) {
  const [word, setWord] = useState('');
  return (
    <div>
      <h3>Refused words</h3>
      <ul class="ops-engines">
        {words.map((each) => (
          <li key={each}>
            {each}{' '}
            <button
              type="button"
              aria-label={`Allow ${each} again`}
              onClick={() => void state.moderate({ act: 'remove-word', word: each }, `“${each}” is allowed again.`)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        class="ops-orders"
        onSubmit={(event) => {
          event.preventDefault();
          void state.moderate({ act: 'add-word', word }, `“${word}” is refused.`);
          setWord('');
        }}
      >
        <input
          aria-label="A word to refuse; * stands for anything at its beginning or end"
          placeholder="word or word*"
          required
          maxLength={64}
          value={word}
          data-testid="ops-word"
          onInput={({ currentTarget }) => setWord(currentTarget.value)}
        />
        <button type="submit" class="button small">
          Refuse
        </button>
      </form>
    </div>
  );
}
