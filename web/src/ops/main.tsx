import '../styles/tokens.css';
import '../styles/base.css';
import './ops.css';
import { render } from 'preact';
import { browserClock } from '../clock.ts';
import { storedPreferences } from '../preferences.ts';
import { Theme } from '../theme/theme.ts';
import { opsApi } from './ops-api.ts';
import { OpsState } from './ops-state.ts';
import { OpsPage } from './view/OpsPage.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('ops.html has no #app');
// The choice of the dashboard, where the same browser has one for this origin; else as the system has it.
new Theme(
  storedPreferences(() => localStorage),
  document,
  matchMedia('(prefers-color-scheme: dark)'),
);
const state = new OpsState(
  opsApi,
  browserClock,
  storedPreferences(() => sessionStorage),
);
render(<OpsPage state={state} />, root);
void state.watch();
