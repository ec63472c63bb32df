import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText } from '../../server/config/help.ts';
import { settings } from '../../server/config/settings.ts';

test('--help tells of every setting, its default and what it may be, in lines that fit a terminal', () => {
  const text = helpText('1.2.3');
  assert.match(text, /Towncrier 1\.2\.3/);
  for (const name of Object.keys(settings)) assert.match(text, new RegExp(`^ {2}${name} +\\S`, 'm'));
  assert.match(text, /^ {2}PORT +8080$/m);
  assert.match(text, /^ {2}ALLOWED_ORIGINS +\(none\)$/m);
  assert.match(text, /one\s+of\s+simulator,\s+replay,\s+coinbase/);
  for (const line of text.split('\n')) assert.ok(line.length <= 110, line);
});
