import { type Instance, nameOf } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';
import { age, short } from '../units.ts';
import { Ask } from './Ask.tsx';

/** Every process of the server that answers, with its engines. */
export function Instances({ state, instances }: { state: OpsState; instances: readonly Instance[] }) {
  return (
    <section class="ops-panel">
      <h2>Instances</h2>
      <div class="ops-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Clients
              </th>
              <th scope="col" class="number">
                Up
              </th>
              <th scope="col">Version</th>
              <th scope="col">Engines</th>
              <th scope="col">Do</th>
            </tr>
          </thead>
          <tbody>
            {instances.map((instance) => (
              <Row key={instance.instance} state={state} instance={instance} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const parts: Readonly<Record<string, string>> = {
  messageStore: 'Store',
  backplane: 'Backplane',
  presenceStore: 'Presence',
  tickLog: 'Ticks',
  marketSource: 'Prices',
};

function Row({ state, instance }: { state: OpsState; instance: Instance }) {
  const { instance: id, health, clients, uptime, version, engines } = instance;
  const why = [...health.reasons, ...health.degraded].join(', ');
  return (
    <tr data-testid="ops-instance" data-instance={id}>
      <th scope="row" title={id}>
        {nameOf(instance)}
      </th>
      <td>
        <span class={`ops-state ${health.state}`}>{health.state}</span> <span class="muted">{why}</span>
      </td>
      <td class="number">{short(clients)}</td>
      <td class="number">{age(uptime)}</td>
      <td>{version}</td>
      <td>
        <ul class="ops-engines">
          {Object.entries(engines).map(([part, engine]) => (
            <li key={part} class={`engine-${engine.state}`}>
              <span class="muted">{parts[part] ?? part}</span> {engine.kind}
              {engine.state !== 'up' && `, ${engine.state}`}
            </li>
          ))}
        </ul>
      </td>
      <td>
        <Orders state={state} instance={instance} />
      </td>
    </tr>
  );
}

function Orders({ state, instance }: { state: OpsState; instance: Instance }) {
  const { instance: id, source, clients } = instance;
  const name = nameOf(instance);
  return (
    <div class="ops-orders">
      {source && !source.paused && (
        <Ask
          label="Pause prices"
          question="No new prices for anybody, until you let them go on?"
          sure={() => state.act(id, { do: 'pause-source' }, 'Prices pause.')}
        />
      )}
      {source?.paused && (
        <button
          type="button"
          class="button small"
          onClick={() => void state.act(id, { do: 'resume-source' }, 'Prices go on.')}
        >
          Let prices go on
        </button>
      )}
      <Ask
        label="Drain"
        question={`Send the ${short(clients)} clients of ${name} elsewhere, and stop it?`}
        sure={() => state.act(id, { do: 'drain' }, `${name} drains; it stops when its clients are gone.`)}
      />
    </div>
  );
}
