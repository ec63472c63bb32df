import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds a program of this folder when it is missing or older than its source; returns its path. Needs a C compiler as `cc`. */
export function built(name: string): string {
  const source = join(import.meta.dirname, `${name}.c`);
  const folder = join(import.meta.dirname, '.build');
  const program = join(folder, name);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  execFileSync('cc', ['-O2', '-o', program, source], { stdio: 'inherit' });
  return program;
}
