/** A text as names and words are compared: look-alikes of case, width and composition are one, and what is invisible is none. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
}
