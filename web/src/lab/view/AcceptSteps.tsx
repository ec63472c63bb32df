import { useEffect, useState } from 'preact/hooks';
import { acceptSteps, type Step } from '../model/accept.ts';

/** The key of RFC 6455, section 1.3. */
const SAMPLE = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Sec-WebSocket-Accept, computed step by step from a key that was seen or is typed. */
export function AcceptSteps({ given }: { given?: string | undefined }) {
  const [key, setKey] = useState(given ?? SAMPLE);
  const [steps, setSteps] = useState<readonly Step[] | string>([]);
  useEffect(() => {
    let current = true;
    acceptSteps(key).then(
      (made) => current && setSteps(made),
      (error: Error) => current && setSteps(error.message),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return (
    <section class="lab-section" data-testid="accept-steps">
      <h3>From Sec-WebSocket-Key to Sec-WebSocket-Accept</h3>
      <label class="lab-field">
        Sec-WebSocket-Key
        <input value={key} spellcheck={false} onInput={(event) => setKey(event.currentTarget.value)} />
      </label>
      {typeof steps === 'string' ? (
        <p class="part-problem" role="alert">
          {steps}
        </p>
      ) : (
        <ol class="steps">
          {steps.map(({ name, value, text }) => (
            <li key={name} data-step={name}>
              <b>{name}</b>
              <code>{value}</code>
              <span class="muted">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
