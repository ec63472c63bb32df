import { allowed, shownDefault } from './allowed.ts';
import { type Setting, settings } from './settings.ts';

const WIDTH = 100;
const MARGIN = '  ';

/** What `--help` prints. */
export function helpText(version: string): string {
  const entries = Object.entries<Setting>(settings);
  const column = Math.max(...entries.map(([name]) => name.length)) + 2;
  return [
    `Towncrier ${version}: a real-time dashboard server. Chat over STOMP, a market ticker over Server-Sent Events.`,
    '',
    'Usage: npm start                 starts the server; it is set up by the environment variables below',
    '       npm start -- --check      checks these variables and ends: 0 when they are right, 2 when not',
    '       npm start -- --version    prints the version',
    '       npm start -- --help       prints this',
    '',
    'Variables, and what each is when it is not set or empty:',
    '',
    ...entries.flatMap(([name, setting]) => entry(name, setting, column)),
  ].join('\n');
}

function entry(name: string, setting: Setting, column: number): string[] {
  const byDefault = shownDefault(setting);
  const unit = setting.type === 'integer' && setting.unit !== undefined ? ` ${setting.unit}` : '';
  const indent = MARGIN + ' '.repeat(column);
  const must = allowed(setting);
  const lines = wrap(must === undefined ? setting.text : `${setting.text} Must be ${must}.`, WIDTH - indent.length);
  return [
    `${MARGIN}${name.padEnd(column)}${byDefault === '' ? '(none)' : byDefault}${unit}`,
    ...lines.map((line) => indent + line),
    '',
  ];
}

/** Words in lines of at most `width` characters, where a word is not longer. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
