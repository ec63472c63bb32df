import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { startFlags } from '../support/start-flags.ts';
import { getsToBuilder } from './docker-ignore.ts';

const ROOT = join(import.meta.dirname, '../..');
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const instructions = DockerfileParser.parse(dockerfile).getInstructions();

/** What an instruction says, each time that it stands there. */
function all(keyword: string): string[] {
  return instructions.filter((one) => one.getKeyword() === keyword).map((one) => one.getArgumentsContent() ?? '');
}

test('the linter finds nothing in the Dockerfile', () => {
  assert.deepEqual(
    validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    [],
  );
});

test('the linter would find something', () => {
  assert.equal(validate(dockerfile.replace('WORKDIR', 'WORKDIRR')).length, 1);
});

test('the server does not run as root, and gets signals itself', () => {
  assert.deepEqual(all('USER'), ['node']);
  assert.deepEqual(
    all('CMD').map((command) => JSON.parse(command)),
    [['node', ...startFlags, 'server/main.ts']],
  );
  assert.deepEqual(all('ENTRYPOINT'), []);
});

test('nothing that may be secret or large gets to the builder', () => {
  const ignoreFile = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
  for (const path of [
    '.git/config',
    '.env',
    'node_modules/ws/index.js',
    'data/chat.db',
    'web/dist/index.html',
    'test/run.ts',
  ])
    assert.equal(getsToBuilder(ignoreFile, path), false, path);
  for (const path of ['package.json', 'server/main.ts', 'web/src/main.tsx'])
    assert.equal(getsToBuilder(ignoreFile, path), true, path);
});
