// The dashboard as Grafana's own schema has it. No Grafana runs here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dashboard } from '../../scripts/dashboard.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The schema's enums as what stands in the file, and its panels with what is a panel's own by its type. */
const SCHEMA = `
import type { Dashboard, DataSourceRef, Panel, RowPanel } from '@grafana/schema';
import type { FieldConfig, Options } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
interface Target { refId: string; datasource: Plain<DataSourceRef>; expr: string; legendFormat: string }
interface Defaults extends Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom'> { custom: FieldConfig }
interface Graph extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: 'timeseries'; options: Options; fieldConfig: { defaults: Defaults; overrides: [] }; targets: Target[];
}
type Whole = Omit<Dashboard, 'panels'> & { panels: (Graph | RowPanel)[] };
export const whole: Plain<Whole> = `;

/** What the compiler says of the dashboard. */
async function complaints(json: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'towncrier-dashboard-'));
  try {
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'dashboard.ts'), `${SCHEMA}${json};`);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [...flags, 'dashboard.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the dashboard is what the schema of Grafana says, and has no fields besides', async () => {
  assert.equal(await complaints(dashboard()), '');
});

for (const [what, from, to] of [
  ['a misspelt field of a panel', '"description"', '"descripton"'],
  ['a misspelt option', '"displayMode"', '"displaymode"'],
  ['a value that there is not', '"placement": "bottom"', '"placement": "below"'],
  ['a misspelt field of a query', '"legendFormat"', '"legend"'],
  ['a number that is a text', '"schemaVersion": ', '"schemaVersion": "" + '],
] as const)
  test(`${what} would be found`, async () => {
    assert.match(await complaints(dashboard().replace(from, to)), /error TS/);
  });
