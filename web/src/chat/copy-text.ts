/** Copies a text. Resolves to whether it could: a page over plain HTTP has the old way alone. */
export async function copyText(text: string, page: Document): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, page);
  }
}

function copyBySelection(text: string, page: Document): boolean {
  const focused = page.activeElement;
  const field = page.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  page.body.append(field);
  field.select();
  const done = page.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
