import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ServerProcess } from '../support/server-process.ts';
import { SECRET } from '../support/tokens.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a command has not printed after so long, in milliseconds, does not come. */
const LIMIT = 90_000;

let folder: string;
let page: string;
let server: ServerProcess;
let scripts: readonly string[];

/** A folder as the reader has it: with the scripts of the page, and the packages. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towncrier-test-'));
  page = await readFile(join(ROOT, 'docs/production/sign-in.md'), 'utf8');
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  server = await ServerProcess.create({ AUTH: 'jwt', JWT_SECRET: SECRET, MARKET_SOURCE: 'simulator' });
  await server.start();
  const blocks = [...page.matchAll(/^```js\n\/\/ (?<name>\S+)\n(?<code>[\s\S]*?)^```$/gm)];
  scripts = blocks.map(({ groups }) => groups?.name ?? '');
  for (const { groups } of blocks)
    await writeFile(
      join(folder, groups?.name ?? ''),
      (groups?.code ?? '').replaceAll('localhost:8080', server.url.slice(7)),
    );
});

after(async () => {
  await server?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** What a command prints, until that is enough or it ends. */
async function output(command: string, env: Record<string, string>, enough = /$^/): Promise<string> {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], {
    cwd: folder,
    env: { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  let text = '';
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
    if (enough.test(text)) child.kill('SIGKILL');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'close');
  clearTimeout(timer);
  return text;
}

function shellLines(like: RegExp): string[] {
  const blocks = [...page.matchAll(/^```sh\n(?<code>[\s\S]*?)^```$/gm)];
  return blocks.flatMap(({ groups }) => (groups?.code ?? '').split('\n')).filter((line) => like.test(line));
}

test('the page has the scripts and commands that are tried here', () => {
  assert.deepEqual(scripts, ['token.mjs', 'chat.mjs', 'token-by-key.mjs']);
  assert.equal(shellLines(/^curl /).length, 4);
  assert.equal(shellLines(/^openssl /).length, 2);
});

test('each curl command is answered with the token that the script makes, and no other way', async () => {
  const TOKEN = (await output('node token.mjs', { JWT_SECRET: SECRET })).trim();
  for (const command of shellLines(/^curl /)) {
    const endless = command.startsWith('curl -N');
    const here = command.replace('localhost:8080', server.url.slice(7)).replace('curl ', 'curl -sS --fail-with-body ');
    const text = await output(here, { TOKEN }, endless ? /^event: market-tick$/m : undefined);
    if (endless) assert.match(text, /^event: market-snapshot$[\s\S]*^event: market-tick$/m, command);
    else assert.doesNotMatch(text, /"code"/, command);
    assert.match(await output(here, { TOKEN: 'none' }), /"code":"token-invalid"/);
  }
});

test('the chat script signs in and renews', async () => {
  const TOKEN = (await output('node token.mjs', { JWT_SECRET: SECRET })).trim();
  assert.equal(await output('node chat.mjs', { TOKEN }, /renewed/), 'signed in as Ann\nrenewed\n');
  assert.match(await output('node chat.mjs', { TOKEN: 'none' }, /invalid/), /^token-invalid\n/);
});

test('a pair of keys made as the page says signs in to a server that has the public one', async () => {
  for (const command of shellLines(/^openssl /)) await output(command, {});
  const token = (await output('node token-by-key.mjs', {})).trim();
  const other = await ServerProcess.create({ AUTH: 'jwt', JWT_PUBLIC_KEY: join(folder, 'public.pem') });
  try {
    await other.start();
    const response = await fetch(`${other.url}/api/chat/presence`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
  } finally {
    await other.dispose();
  }
});
