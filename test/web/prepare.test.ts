import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** Runs the prepare script in a package of its own, with this as Vite. */
function prepareWith(vite: string | undefined) {
  const root = mkdtempSync(join(tmpdir(), 'towncrier-prepare-'));
  try {
    mkdirSync(join(root, 'scripts'));
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    cpSync(join(import.meta.dirname, '../../scripts/prepare.js'), join(root, 'scripts/prepare.js'));
    if (vite !== undefined) {
      mkdirSync(join(root, 'node_modules/vite/bin'), { recursive: true });
      writeFileSync(join(root, 'node_modules/vite/bin/vite.js'), vite);
    }
    return spawnSync(process.execPath, [join(root, 'scripts/prepare.js')], { encoding: 'utf8' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('steps aside with one line where Vite is not installed', () => {
  const { status, stdout } = prepareWith(undefined);
  assert.equal(status, 0);
  assert.match(stdout, /^The page is not built: Vite is not installed[^\n]*\n$/);
});

test('builds the page with Vite', () => {
  const { status, stdout } = prepareWith('console.log(process.argv.slice(2).join(" "))');
  assert.equal(status, 0);
  assert.match(stdout, /^build web/);
});

test('a failed build fails the installation', () => {
  assert.equal(prepareWith('process.exit(3)').status, 1);
});
