import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What fanload prints of a run. Its own `--help` explains each figure. */
export interface FanloadResult {
  readonly connections: number;
  readonly up: number;
  readonly failed: number;
  readonly closed: number;
  readonly messages: number;
  readonly due: number;
  readonly bytes: number;
  readonly reads: number;
  readonly seconds: number;
  readonly per_second: number;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly server: {
    readonly cpu_s: number;
    readonly us_per_message: number;
    readonly us_per_read: number;
    readonly rss_up_kb: number;
    readonly rss_peak_kb: number;
    readonly kb_per_connection: number;
  };
  readonly gaps: number;
  readonly duplicates: number;
}

/** Builds the client when it is missing or older than its source; returns its path. Needs a C compiler as `cc`. */
function buildFanload(): string {
  const source = join(import.meta.dirname, 'fanload.c');
  const folder = join(import.meta.dirname, '.build');
  const program = join(folder, 'fanload');
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  mkdirSync(folder, { recursive: true });
  execFileSync('cc', ['-O2', '-o', program, source], { stdio: 'inherit' });
  return program;
}

/** Runs fanload on the second core and returns its figures, also where it exits with 1 (something due did not come). */
export async function fanload(args: readonly string[]): Promise<FanloadResult> {
  const program = buildFanload();
  const child = spawn('taskset', ['-c', '1', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as FanloadResult; // fanload prints exactly this line
}
