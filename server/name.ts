/** Code points of a name, at most. */
export const MAX_NAME = 100;
const name = new RegExp(`^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{1,${MAX_NAME}}$`, 'u');

/** Whether a text may stand as a name: 1 to 100 code points, no control character or line break, no lone surrogate. */
export function isName(text: string): boolean {
  return name.test(text);
}
