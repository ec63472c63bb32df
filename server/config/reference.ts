import { allowed, shownDefault } from './allowed.ts';
import { type Setting, settings } from './settings.ts';

/** The text of `docs/reference/settings.md`. */
export function settingsPage(): string {
  const rows = Object.entries<Setting>(settings).map(([name, setting]) => row(name, setting));
  return `${[
    '# Settings',
    '',
    'Towncrier is set up by environment variables; one that is unset or empty means its default. Wrong values are all',
    'reported at once, and the server does not start (exit code 2). `npm start -- --check` only checks them,',
    '`npm start -- --help` prints this table.',
    '',
    '| variable | default | unit | must be | what |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '`PORT` and `ADMIN_PORT` differ, unless both are 0.',
    '',
    '<!-- Made from server/config/settings.ts by `npm run docs`. -->',
  ].join('\n')}\n`;
}

function row(name: string, setting: Setting): string {
  const byDefault = shownDefault(setting);
  const unit = setting.type === 'integer' ? (setting.unit ?? '') : '';
  const cells = [
    `\`${name}\``,
    byDefault === '' ? 'none' : `\`${byDefault}\``,
    unit,
    allowed(setting) ?? '',
    setting.secret ? `${setting.text} A secret: it is never printed.` : setting.text,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
