import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EventStream } from '../support/event-stream.ts';
import { TestApp } from '../support/test-app.ts';

const TOKEN = 'a-long-random-secret';
let app: TestApp;
let script: string;

before(async () => {
  app = await TestApp.start({ STREAMS: ['orders:latest', 'alerts:complete'], STREAM_TOKEN: TOKEN });
  const page = await readFile(join(import.meta.dirname, '../../docs/your-own-stream.md'), 'utf8');
  script = /^```js\n\/\/ orders\.js\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
});
after(() => app.close());

test('the script of the page is about 30 lines, appends as the page says, and who follows gets it', async () => {
  assert.ok(script !== '' && script.split('\n').length < 30);
  const stream = await EventStream.open(`${app.url}/stream?name=orders`);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script.replace('http://localhost:8080', app.url)],
    {
      env: { ...process.env, STREAM_TOKEN: TOKEN },
    },
  );
  let printed = '';
  child.stdout.on('data', (data) => {
    printed += data;
  });
  await once(child, 'close');
  assert.deepEqual(
    printed
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['201', '201', '200'],
  );
  const events = [await stream.next(), await stream.next()];
  assert.deepEqual(
    events.map(({ event, data }) => [event, JSON.parse(data).state]),
    [
      ['orders', 'paid'],
      ['orders', 'shipped'],
    ],
  );
  await stream.close();
  const late = await EventStream.open(`${app.url}/stream?name=orders`);
  assert.deepEqual(await late.next(), events[1]);
  await late.close();
});
