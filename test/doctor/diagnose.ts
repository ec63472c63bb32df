import { systemClock } from '../../server/clock.ts';
import { type Check, runChecks } from '../../server/doctor/check.ts';
import { lineOf } from '../../server/doctor/finding.ts';
import { steadyClock } from '../support/steady-clock.ts';

/** A clock that runs as the system's does and tells a time 5 s before it. */
export const slowClock = { ...systemClock, now: () => systemClock.now() - 5_000 };

/** What the doctor says. */
export class Diagnosis {
  readonly lines: string[] = [];
  healthy = false;

  static async of(...checks: readonly Check[]): Promise<Diagnosis> {
    const diagnosis = new Diagnosis();
    diagnosis.healthy = await runChecks(checks, steadyClock, (finding) => diagnosis.lines.push(lineOf(finding)));
    return diagnosis;
  }

  /** Looks until something is wrong: a server that was just frozen may answer once more. */
  static async ofIll(look: () => Promise<Diagnosis>): Promise<Diagnosis> {
    for (;;) {
      const diagnosis = await look();
      if (!diagnosis.healthy) return diagnosis;
    }
  }

  /** The lines about something, as one text. */
  about(what: string): string {
    return this.lines.filter((line) => line.slice(6).startsWith(`${what}  —`)).join('\n');
  }

  /** Lines that say that something is not right. */
  get complaints(): string[] {
    return this.lines.filter((line) => !line.startsWith('ok'));
  }
}
