import { type Instance, nameOf, type SlowClient } from '../instance.ts';
import type { OpsState } from '../ops-state.ts';
import { seconds, short } from '../units.ts';
import { Ask } from './Ask.tsx';

const MOST = 20;

interface Listed {
  readonly instance: Instance;
  readonly client: SlowClient;
}

/** The slowest clients of all instances, the slowest first. */
export function Clients({ state, instances }: { state: OpsState; instances: readonly Instance[] }) {
  const listed = instances
    .flatMap((instance) => instance.slowest.map((client) => ({ instance, client })))
    .sort((one, other) => other.client.blocked - one.client.blocked || other.client.lag - one.client.lag)
    .slice(0, MOST);
  return (
    <section class="ops-panel">
      <h2>Slowest clients</h2>
      {listed.length === 0 ? <p class="muted">Nobody is connected.</p> : <Table state={state} listed={listed} />}
    </section>
  );
}

function Table({ state, listed }: { state: OpsState; listed: readonly Listed[] }) {
  return (
    <div class="ops-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">By</th>
            <th scope="col" class="number">
              Events behind
            </th>
            <th scope="col" class="number">
              Takes nothing for
            </th>
            <th scope="col">At</th>
            <th scope="col">Do</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ instance, client }) => (
            <tr key={`${instance.instance} ${client.id}`} data-testid="ops-client">
              <th scope="row">
                {client.name ?? 'stream'} <span class="muted">{client.address}</span>
              </th>
              <td>
                {client.transport} {client.version}
              </td>
              <td class="number">{short(client.lag)}</td>
              <td class="number">{client.blocked === 0 ? '–' : seconds(client.blocked / 1_000)}</td>
              <td>{nameOf(instance)}</td>
              <td>
                <Ask
                  label="Close"
                  question={`Close the connection of ${client.name ?? 'this client'} at ${client.address}? It may connect again.`}
                  sure={() =>
                    state.act(instance.instance, { do: 'close-client', client: client.id }, 'The client is closed.')
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
