const FORM = /^([\w.-]{1,64}):(\d{1,15})$/;

/** A place in a stream, the same on every instance: `<epoch>:<n>`, where n is the position of the next event. */
export function formatPlace(epoch: string, next: number): string {
  return `${epoch}:${next}`;
}

/** Reads what `formatPlace` wrote; `undefined` for any other text. */
export function parsePlace(text: string): { readonly epoch: string; readonly next: number } | undefined {
  const [, epoch, next] = FORM.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, next: Number(next) };
}
