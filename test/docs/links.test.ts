import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '');

/** What stands in code is no link. */
function prose(path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  return text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The anchors that GitHub makes of the headings of a page. */
function anchors(path: string): Set<string> {
  const headings = readFileSync(join(root, path), 'utf8')
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('there are pages to check', () => {
  assert.ok(pages.includes('README.md') && pages.length > 15);
});

for (const path of pages) {
  test(`the links of ${path} lead somewhere`, () => {
    for (const [, link = ''] of prose(path).matchAll(/\]\(([^)\s]+)[^)]*\)/g)) {
      if (/^(?:https?|mailto):/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      const page = target === '' ? path : join(path, '..', target);
      assert.ok(existsSync(join(root, page)), `${link}: there is no ${page}`);
      if (anchor !== undefined) assert.ok(anchors(page).has(anchor), `${link}: there is no heading of this name`);
    }
  });
}
