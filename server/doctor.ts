/** `npm run doctor`: looks at a deployment and says in a person's words what is wrong. See docs/production/doctor.md. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from './clock.ts';
import { loadSettings } from './config/load.ts';
import { type Check, runChecks } from './doctor/check.ts';
import { engineChecks, machineChecks, publicChecks } from './doctor/checks.ts';
import { lineOf } from './doctor/finding.ts';
import type { Machine } from './doctor/machine.ts';
import { withoutSecrets } from './doctor/secrets.ts';

/** Exit codes. */
const HEALTHY = 0;
const ILL = 1;
const WRONG_USE = 2;
const USAGE = `Usage: npm run doctor [-- [--long] [https://public.url]]
  Checks this machine and the engines that the environment names; with a URL also the way from a browser to the server.
  --long  stays 20 s at the URL to see a heart-beat
  The variable DOCTOR_TOKEN is a token for servers that ask for one (AUTH=jwt).`;

// Whatever a driver still holds open must not keep us.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const urls = args.filter((arg) => !arg.startsWith('-'));
  const [url] = urls;
  const known = args.every((arg) => !arg.startsWith('-') || ['--long', '--help'].includes(arg));
  const valid = url === undefined || /^https?:\/\/./.test(url);
  if (args.includes('--help') || !known || !valid || urls.length > 1 || (url !== undefined && !URL.canParse(url))) {
    say(USAGE);
    return args.includes('--help') ? HEALTHY : WRONG_USE;
  }
  const { settings, problems } = loadSettings(process.env);
  const hide = settings === undefined ? (text: string): string => text : withoutSecrets(settings);
  const instruments = { clock: systemClock, newId: randomUUID, token: process.env.DOCTOR_TOKEN || undefined };
  const checks = [
    settingsCheck(problems ?? []),
    ...machineChecks(machine()),
    ...(settings === undefined ? [] : engineChecks(settings, instruments)),
    ...(url === undefined ? [] : publicChecks(new URL(url), args.includes('--long'), instruments)),
  ];
  return (await runChecks(checks, systemClock, (finding) => say(hide(lineOf(finding))))) ? HEALTHY : ILL;
}

function settingsCheck(problems: readonly string[]): Check {
  return {
    what: 'Settings',
    async run(tell) {
      for (const problem of problems) tell('fail', 'Settings', problem);
      if (problems.length === 0) tell('ok', 'Settings', 'they are right');
    },
  };
}

function machine(): Machine {
  return { node: process.versions.node, limits: limits() };
}

/** Linux has this file. */
function limits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
