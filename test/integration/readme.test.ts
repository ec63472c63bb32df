import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ServerProcess } from '../support/server-process.ts';

const ROOT = join(import.meta.dirname, '../..');

let server: ServerProcess;
let readme: string;

before(async () => {
  server = await ServerProcess.create();
  await server.start();
  readme = await readFile(join(ROOT, 'README.md'), 'utf8');
});

after(() => server?.dispose());

/** What a command prints, within a minute; one that goes on for ever is ended when that is enough. */
async function output(command: string, args: readonly string[], enough: (text: string) => boolean): Promise<string> {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  let text = '';
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
    if (enough(text)) child.kill('SIGKILL');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await once(child, 'close');
  clearTimeout(timer);
  return text;
}

test('each curl command of the README is answered', async () => {
  const commands = readme.split('\n').filter((line) => line.startsWith('curl '));
  assert.ok(commands.length >= 8);
  for (const command of commands) {
    const endless = command.startsWith('curl -N');
    const here = command
      .replace('localhost:8080', `127.0.0.1:${server.port}`)
      .replace('curl ', 'exec curl -sS --fail-with-body ');
    const text = await output('/bin/sh', ['-c', here], (so) => endless && so.includes('event: market-tick'));
    if (endless) assert.match(text, /^event: market-snapshot$[\s\S]*^event: market-tick$/m, command);
    else assert.doesNotThrow(() => JSON.parse(text), `${command}: ${text}`);
  }
});

test('the Node client of the README is the example, and chats', async () => {
  const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  const example = await readFile(join(ROOT, 'examples/chat-client.js'), 'utf8');
  assert.ok(code !== undefined && example.endsWith(code));
  const text = await output(
    process.execPath,
    ['examples/chat-client.js', `ws://127.0.0.1:${server.port}/ws-endpoint`],
    (so) => so.includes('hello from Node'),
  );
  assert.match(text, /kind: 'message'/);
  assert.match(text, /hello from Node/);
});

test('every file that the documents link to is there', async () => {
  for (const document of [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'bench/README.md',
    'samples/README.md',
  ]) {
    const text = await readFile(join(ROOT, document), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (target === undefined || target.startsWith('http')) continue;
      await assert.doesNotReject(stat(join(ROOT, document, '..', target)), `${document} links to ${target}`);
    }
  }
});
