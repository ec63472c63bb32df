/** Asks the registry for known holes in what the server depends on (`npm run audit`). */
import { spawnSync } from 'node:child_process';

/** Holes of less weight are looked at when packages are brought up to date. */
const FAILS: readonly unknown[] = ['high', 'critical'];

/**
 * What the answer of `npm audit --json` comes to. Some registries do not know the question; that is said and fails nothing,
 * for then nobody could check anything.
 */
export function verdict(answer: string): { readonly holes: boolean; readonly lines: readonly string[] } {
  const report = parsed(answer);
  if (!('auditReportVersion' in report)) {
    const why = [report.message, isObject(report.error) ? report.error.summary : undefined].find(Boolean);
    return { holes: false, lines: [`not checked: the registry does not answer (${why ?? 'no report'})`] };
  }
  const found = Object.entries(isObject(report.vulnerabilities) ? report.vulnerabilities : {});
  const lines = found.map(([name, hole]) => `${name}: ${isObject(hole) ? hole.severity : 'unknown'}`);
  const holes = found.some(([, hole]) => isObject(hole) && FAILS.includes(hole.severity));
  return { holes, lines: lines.length > 0 ? lines : ['no known holes'] };
}

function parsed(answer: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

if (import.meta.main) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 60_000 });
  const { holes, lines } = verdict(stdout ?? '');
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = holes ? 1 : 0;
}
