import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referencePages } from '../../scripts/reference.ts';
import { settings } from '../../server/config/settings.ts';
import { errorTable } from '../../server/errors.ts';
import { metrics } from '../../server/http/metrics.ts';

const root = join(import.meta.dirname, '..', '..');

const pages = await referencePages();

for (const { path, text } of pages) {
  test(`${path} says what the code says`, () => {
    assert.equal(readFileSync(join(root, path), 'utf8'), text, 'stale: npm run docs');
  });
}

test('the reference names every setting, error code and metric', () => {
  const all = pages.map(({ text }) => text).join('\n');
  for (const name of [...Object.keys(settings), ...Object.keys(errorTable), ...metrics.map(({ name }) => name)])
    assert.ok(all.includes(`| \`${name}\` `), name);
});
