/** `ok`: right. `warn`: it works, but not as it should. `fail`: users will notice. */
export type Level = 'ok' | 'warn' | 'fail';

/** One line of the doctor. */
export interface Finding {
  readonly level: Level;
  /** What was looked at, in a few words. */
  readonly what: string;
  /** What was found, and where it is not right what to do, in a person's words. */
  readonly text: string;
}

/** Takes findings as they come. */
export type Say = (level: Level, what: string, text: string) => void;

/** A finding as it is printed. */
export function lineOf({ level, what, text }: Finding): string {
  return `${level.padEnd(4)}  ${what}  — ${text}`;
}
