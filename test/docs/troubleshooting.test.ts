import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { metrics } from '../../server/http/metrics.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('each row of the troubleshooting table names a test that is there', () => {
  const rows = read('docs/troubleshooting.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  assert.ok(rows.length >= 15);
  for (const row of rows) {
    const { file = '', title = '' } = /`(?<file>test\/[\w./-]+\.ts)`: (?<title>.+) \|$/.exec(row)?.groups ?? {};
    assert.ok(existsSync(join(root, file)), row);
    assert.ok(title !== '' && read(file).includes(title), `${file} has no test "${title}"`);
  }
});

test('runbook, alarms and dashboard name only metrics that there are', () => {
  const known = new Set<string>(metrics.map(({ name }) => name));
  const files = [
    'docs/runbook.md',
    'docs/production/observe.md',
    'docs/production/faults.md',
    'deploy/observe/alerts.yml',
  ];
  const text = [...files, 'deploy/observe/grafana/towncrier.json'].map(read).join();
  const named = text.match(/\btowncrier_\w+/g) ?? [];
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter((name) => !known.has(name.replace(/_(?:bucket|sum|count)$/, '')) && !known.has(name)),
    [],
  );
});
