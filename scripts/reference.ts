/**
 * Writes the reference pages that come from tables in the code (`npm run docs`). With `--check` it writes nothing and fails
 * when a page is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from '../server/config/reference.ts';
import { errorTable } from '../server/errors.ts';

/** The text of `docs/reference/errors.md`. */
function errorsPage(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, fatal, text }]) => `| \`${code}\` | ${status} | ${fatal ? 'ends' : 'goes on'} | ${text} |`,
  );
  return `${[
    '# Errors',
    '',
    'What is refused is answered with one of these codes: over REST as `{"code","message"}` with the status, over STOMP as a',
    'message to `/user/queue/errors` where the session is subscribed to it, and else as an ERROR frame. An ERROR frame always',
    'ends the session; "ends" says that the code is one that ends it in any case. The message names the limit or the field.',
    '',
    '| code | HTTP status | STOMP session | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '<!-- Made from server/errors.ts by `npm run docs`. -->',
  ].join('\n')}\n`;
}

/** The generated pages: their path from the root, and what they should hold. */
export const referencePages: readonly { readonly path: string; readonly text: string }[] = [
  { path: 'docs/reference/settings.md', text: settingsPage() },
  { path: 'docs/reference/errors.md', text: errorsPage() },
];

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const check = process.argv.includes('--check');
  for (const { path, text } of referencePages) {
    const file = join(root, path);
    if (!check) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${path} is stale: npm run docs`);
      process.exitCode = 1;
    }
  }
}
