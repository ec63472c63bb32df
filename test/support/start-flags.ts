import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm start` tells Node before the name of the program. */
export const startFlags: readonly string[] = flagsOf(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
);

function flagsOf(file: string): string[] {
  const { scripts } = JSON.parse(file) as { scripts: { start: string } }; // our own file
  return scripts.start.split(' ').slice(1, -1);
}
