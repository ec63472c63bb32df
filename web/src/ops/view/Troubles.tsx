import { type Instance, nameOf } from '../instance.ts';

const MOST = 50;

/** The last warnings and errors of all instances, the newest first. */
export function Troubles({ instances }: { instances: readonly Instance[] }) {
  const all = instances
    .flatMap((instance) => instance.troubles.map((trouble) => ({ instance, trouble })))
    .sort((one, other) => other.trouble.time - one.trouble.time)
    .slice(0, MOST);
  return (
    <section class="ops-panel">
      <h2>Recent warnings and errors</h2>
      {all.length === 0 && <p class="muted">None since the start.</p>}
      <ol class="ops-troubles">
        {all.map(({ instance, trouble }) => (
          <li key={`${instance.instance} ${trouble.time} ${trouble.text}`} class={trouble.level}>
            <time dateTime={new Date(trouble.time).toISOString()}>
              {new Date(trouble.time).toLocaleTimeString('en-GB')}
            </time>
            <b>{trouble.level}</b>
            <span>
              {trouble.text} {trouble.detail !== undefined && <span class="muted">{trouble.detail}</span>}
            </span>
            <span class="muted">{nameOf(instance)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
