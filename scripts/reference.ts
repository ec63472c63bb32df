/** Writes the reference pages that come from tables in the code (`npm run docs`). A test fails when one is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowed, shownDefault } from '../server/config/allowed.ts';
import { type Setting, settings } from '../server/config/settings.ts';
import { errorTable } from '../server/errors.ts';
import { metrics } from '../server/http/metrics.ts';
import { asyncApi } from './asyncapi.ts';

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
  ]);
}

function metricsPage(): string {
  const rows = metrics.map(({ name, help }) => {
    return [`\`${name}\``, name.endsWith('_total') ? 'counter' : 'gauge', help];
  });
  return page('Metrics', 'server/http/metrics.ts', [
    '`GET /metrics` on the admin port, in the text format of Prometheus. Besides these there are the metrics of the process',
    'and of Node that prom-client makes (`process_…`, `nodejs_…`).',
    '',
    ...table(['metric', 'type', 'what'], rows),
  ]);
}

function page(title: string, source: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', ...lines, '', `<!-- Made from ${source} by \`npm run docs\`. -->`].join('\n')}\n`;
}

/** A table in Markdown, with its columns as wide as the formatter wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const [first = '', ...more] = all.map((cells) => row(cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [first, row(widths.map((width) => '-'.repeat(width))), ...more];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The generated pages: their path from the root, and what they should hold. */
export const referencePages: readonly { readonly path: string; readonly text: string }[] = [
  { path: 'docs/reference/settings.md', text: settingsPage() },
  { path: 'docs/reference/errors.md', text: errorsPage() },
  { path: 'docs/reference/metrics.md', text: metricsPage() },
  { path: 'docs/reference/asyncapi.json', text: asyncApi() },
];

if (import.meta.main)
  for (const { path, text } of referencePages) writeFileSync(join(import.meta.dirname, '..', path), text);
