import type { OpsState } from '../ops-state.ts';
import { Charts } from './Charts.tsx';
import { Clients } from './Clients.tsx';
import { Instances } from './Instances.tsx';
import { Moderation } from './Moderation.tsx';
import { SignIn } from './SignIn.tsx';
import { Transports } from './Transports.tsx';
import { Troubles } from './Troubles.tsx';

/** The operator's view. */
export function OpsPage({ state }: { state: OpsState }) {
  return (
    <div class="ops">
      <header class="ops-header">
        <h1>
          <img src="/favicon.svg" width={24} height={24} alt="" />
          Towncrier
        </h1>
        <span class="muted">Operations</span>
        <Freshness state={state} />
      </header>
      <Body state={state} />
    </div>
  );
}

function Body({ state }: { state: OpsState }) {
  const instances = state.instances.value;
  if (state.tokenAsked.value !== undefined) return <SignIn state={state} said={state.tokenAsked.value} />;
  if (instances === undefined) return <p class="ops-wait muted">{state.trouble.value ?? 'Asking the server…'}</p>;
  return (
    <main class="ops-main">
      <Outcome state={state} />
      <Charts points={state.history.value} />
      <Instances state={state} instances={instances} />
      <div class="ops-pair">
        <Clients state={state} instances={instances} />
        <Transports instances={instances} />
      </div>
      <Moderation state={state} instances={instances} />
      <Troubles instances={instances} />
    </main>
  );
}

function Freshness({ state }: { state: OpsState }) {
  const trouble = state.trouble.value;
  if (trouble === undefined) {
    return (
      <span class="ops-live" data-testid="ops-live" data-state="live">
        {state.tokenAsked.value === undefined && state.instances.value !== undefined && 'Live'}
      </span>
    );
  }
  return (
    <span class="ops-trouble" data-testid="ops-live" data-state="old" role="status">
      What is shown is old: {trouble}
    </span>
  );
}

function Outcome({ state }: { state: OpsState }) {
  const outcome = state.outcome.value;
  return (
    <p class={`ops-outcome ${outcome?.failed ? 'failed' : ''}`} role="status" data-testid="ops-outcome">
      {outcome?.text}
    </p>
  );
}
