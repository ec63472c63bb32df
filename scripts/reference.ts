/** Writes the reference pages that come from tables in the code (`npm run docs`). A test fails when one is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { allowed, shownDefault } from '../server/config/allowed.ts';
import { type Setting, settings } from '../server/config/settings.ts';
import { tickSchema } from '../server/engines/tick-schema.ts';
import { type ErrorCode, errorTable } from '../server/errors.ts';
import { metrics } from '../server/http/metrics.ts';
import { closeCode } from '../server/transports/websocket-pipe.ts';
import { asyncApi } from './asyncapi.ts';
import { dashboard } from './dashboard.ts';
import { page, table } from './markdown.ts';
import { openApi } from './openapi.ts';
import { httpApiPage } from './reference/http-api.ts';
import { ssePage, stompPage } from './reference/live.ts';

function settingsPage(): string {
  const rows = Object.entries<Setting>(settings).map(([name, setting]) => {
    const byDefault = shownDefault(setting);
    const unit = setting.type === 'integer' ? (setting.unit ?? '') : '';
    const secret = setting.secret ? ' A secret: it is never printed.' : '';
    const shown = byDefault === '' ? 'none' : `\`${byDefault}\``;
    return [`\`${name}\``, shown, unit, allowed(setting) ?? '', `${setting.text}${secret}`];
  });
  return page('Settings', 'server/config/settings.ts', [
    'Towncrier is set up by environment variables; one that is unset or empty means its default. Wrong values are all',
    'reported at once, and the server does not start (exit code 2). `npm start -- --check` only checks them,',
    '`npm start -- --help` prints this table.',
    '',
    ...table(['variable', 'default', 'unit', 'must be', 'what'], rows),
    '',
    '`PORT` and `ADMIN_PORT` differ, unless both are 0.',
  ]);
}

function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { status, fatal, text }]) => {
    return [`\`${code}\``, String(status), fatal ? 'ends' : 'goes on', text];
  });
  return page('Errors', 'server/errors.ts', [
    'What is refused is answered with one of these codes: over REST as `{"code","message"}` with the status, over STOMP as a',
    'message to `/user/queue/errors` where the session is subscribed to it, and else as an ERROR frame. An ERROR frame always',
    'ends the session; "ends" says that the code is one that ends it in any case. The message names the limit or the field.',
    '',
    ...table(['code', 'HTTP status', 'STOMP session', 'meaning'], rows),
    '',
    '## Close codes',
    '',
    'A WebSocket that the server closes says why by a code (RFC 6455 section 7.4); over SockJS the same code stands in the close frame',
    '`c[code,"reason"]`. What `ws` refuses itself, before our code sees it, has the codes of that section: 1002, 1007 and 1009.',
    '',
    ...table(['close code', 'means', 'after'], closeRows()),
  ]);
}

const closeMeanings: Readonly<Record<number, string>> = {
  1000: 'normal',
  1001: 'going away',
  1002: 'protocol error; over SockJS: the connection broke, what it carried may be lost',
  1007: 'what came is not what its kind says',
  1008: 'against a policy',
  1009: 'too large',
  1011: 'the server failed',
  1012: 'the server restarts',
  2010: 'over SockJS: another connection reads this session',
  3000: 'over SockJS: the session has ended in good order',
};

function closeRows(): string[][] {
  const byClose = new Map<number, string[]>([
    [1000, ['DISCONNECT']],
    [1002, ['reserved bits or opcodes, a missing mask, a cut SockJS response']],
    [1007, ['text that is not UTF-8, and over SockJS what is not JSON']],
    [2010, ['a second receiver']],
    [3000, ['DISCONNECT, or the client’s own close']],
  ]);
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const close = closeCode(code);
    // All others are refused by this one: naming them would name nearly the whole table.
    const shown = close === 1008 ? 'every other code that ends a session' : `\`${code}\``;
    byClose.set(close, [...new Set([...(byClose.get(close) ?? []), shown])]);
  }
  return [...byClose]
    .sort(([one], [other]) => one - other)
    .map(([close, after]) => [String(close), closeMeanings[close] ?? '', after.join(', ')]);
}

async function metricsPage(): Promise<string> {
  const rows = metrics.map(({ name, type, help }) => [`\`${name}\``, type, help]);
  return page('Metrics', 'server/http/metrics/', [
    '`GET /metrics` on the admin port, in the text format of Prometheus. What a dashboard and alarms make of them:',
    '[watching over it](../production/observe.md). Times are in seconds, sizes in bytes. A histogram is the series `…_bucket`,',
    '`…_sum` and `…_count`. With `WORKERS` all are of all workers together.',
    '',
    ...table(['metric', 'type', 'what'], rows),
    '',
    '## Of the process and of Node',
    'These prom-client makes; some of them are there on Linux only.',
    '',
    ...table(['metric', 'type', 'what'], await processRows()),
  ]);
}

async function processRows(): Promise<string[][]> {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const known = await register.getMetricsAsJSON();
  return known.map(({ name, type, help }) => [`\`${name}\``, `${type}`, help]);
}

/** What external producers write. The schema library's own marks are not enumerable: JSON has only the schema. */
function tickSchemaFile(): string {
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Tick', ...tickSchema };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A generated page: its path from the root, and what it should hold. */
export interface ReferencePage {
  readonly path: string;
  readonly text: string;
}

/** All generated pages. */
export async function referencePages(): Promise<readonly ReferencePage[]> {
  const description = await openApi();
  return [
    { path: 'docs/reference/settings.md', text: settingsPage() },
    { path: 'docs/reference/errors.md', text: errorsPage() },
    { path: 'docs/reference/metrics.md', text: await metricsPage() },
    { path: 'docs/reference/http-api.md', text: httpApiPage(description) },
    { path: 'docs/reference/stomp.md', text: stompPage() },
    { path: 'docs/reference/sse.md', text: ssePage() },
    { path: 'docs/reference/openapi.json', text: `${JSON.stringify(description, null, 2)}\n` },
    { path: 'docs/reference/tick.schema.json', text: tickSchemaFile() },
    { path: 'docs/reference/asyncapi.json', text: asyncApi() },
    { path: 'deploy/observe/grafana/towncrier.json', text: dashboard() },
  ];
}

if (import.meta.main)
  for (const { path, text } of await referencePages()) writeFileSync(join(import.meta.dirname, '..', path), text);
