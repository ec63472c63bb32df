import type { Instance } from '../instance.ts';
import { short } from '../units.ts';

/** How many clients come by which transport, and speak which version. */
export function Transports({ instances }: { instances: readonly Instance[] }) {
  const counts = new Map<string, number>();
  for (const { versions } of instances)
    for (const [version, count] of Object.entries(versions)) counts.set(version, (counts.get(version) ?? 0) + count);
  const most = Math.max(1, ...counts.values());
  return (
    <section class="ops-panel">
      <h2>Transports</h2>
      {counts.size === 0 && <p class="muted">Nobody is connected.</p>}
      <ul class="ops-bars">
        {[...counts].sort().map(([version, count]) => (
          <li key={version}>
            <span>{version}</span>
            <meter min={0} max={most} value={count} aria-label={version} />
            <b>{short(count)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}
