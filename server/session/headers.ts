import { Refusal } from '../errors.ts';
import { type Frame, headerOf } from '../protocol/stomp/frame.ts';

/** What a session keeps of a header's value has at most so many characters. */
const MAX_CHARACTERS = 256;

/** The value of a header that may be absent. Refused with `invalid-parameter` when it is too long. */
export function optionalHeader(frame: Frame, name: string): string | undefined {
  const value = headerOf(frame, name);
  if (value !== undefined && value.length > MAX_CHARACTERS) {
    throw new Refusal('invalid-parameter', `The header ${name} has at most ${MAX_CHARACTERS} characters.`);
  }
  return value;
}

/** The value of a header that the command needs. Refused with `missing-header` without it. */
export function requiredHeader(frame: Frame, name: string): string {
  const value = optionalHeader(frame, name);
  if (value === undefined) throw new Refusal('missing-header', `${frame.command} needs the header ${name}.`);
  return value;
}
