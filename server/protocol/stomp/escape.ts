import { FrameError } from './frame-error.ts';
import type { Version } from './version.ts';

const escapes: { readonly [V in Version]: ReadonlyMap<string, string> } = {
  '1.0': new Map(),
  '1.1': new Map([
    ['\n', '\\n'],
    [':', '\\c'],
    ['\\', '\\\\'],
  ]),
  '1.2': new Map([
    ['\r', '\\r'],
    ['\n', '\\n'],
    [':', '\\c'],
    ['\\', '\\\\'],
  ]),
};

const unescapes: { readonly [V in Version]: ReadonlyMap<string, string> } = {
  '1.0': inverse(escapes['1.0']),
  '1.1': inverse(escapes['1.1']),
  '1.2': inverse(escapes['1.2']),
};

/** A carriage return stays what it is in 1.0 and 1.1: there it is an octet as any other ("Augmented BNF"). */
const special: { readonly [V in Version]: RegExp } = {
  '1.0': /[\0\n]/g,
  '1.1': /[\0\n:\\]/g,
  '1.2': /[\0\r\n:\\]/g,
};
const unsafe = /[\0\r\n]/g;

/**
 * A header name or value as a frame of this version writes it (STOMP 1.1 and 1.2, "Value Encoding"). What the version
 * has no escape for and would end the line or the frame becomes U+FFFD.
 */
export function escapeHeader(text: string, version: Version): string {
  const table = escapes[version];
  return text.replace(special[version], (octet) => table.get(octet) ?? '\ufffd');
}

/** The same for CONNECTED, which knows no escapes and is read by clients of every version. */
export function plainHeader(text: string): string {
  return text.replace(unsafe, '\ufffd');
}

/** The text that a header name or value of this version stands for; an undefined escape is a `FrameError`. */
export function unescapeHeader(text: string, version: Version): string {
  if (version === '1.0' || !text.includes('\\')) return text;
  const table = unescapes[version];
  return text.replace(/\\.?/gsu, (sequence) => {
    const octet = table.get(sequence);
    if (octet === undefined) throw new FrameError('invalid-frame', `${sequence} is not an escape of STOMP ${version}.`);
    return octet;
  });
}

function inverse(map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...map].map(([from, to]) => [to, from]));
}
