import type { Logger } from '../../server/log.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly text: string;
}

/** A logger that keeps its lines. */
export function recordingLog(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: keyof Logger) =>
    (_fields: object, text: string): void =>
      void lines.push({ level, text });
  return { log: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }, lines };
}
