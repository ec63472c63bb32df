import { errorTable, type Refusal } from '../errors.ts';
import type { FrameHeader } from '../protocol/stomp/frame.ts';

/** Where a session reads what was refused to it. It lives inside the session: no stream, only private frames. */
export const ERROR_QUEUE = '/user/queue/errors';

/** The headers and body of the ERROR frame for a refusal; `receipt` is the one that the refused frame asked for, `more` come last. */
export function errorFrame(
  refusal: Refusal,
  receipt: string | undefined,
  more: readonly FrameHeader[],
): { readonly headers: FrameHeader[]; readonly body: Uint8Array } {
  const headers: FrameHeader[] = [
    ['message', refusal.message],
    ['code', refusal.code],
    ['content-type', 'text/plain'],
  ];
  if (receipt !== undefined) headers.push(['receipt-id', receipt]);
  const { text } = errorTable[refusal.code];
  headers.push(...more);
  return { headers, body: Buffer.from(refusal.message === text ? text : `${refusal.message}\n${text}`) };
}

/** The body of a MESSAGE on the error queue: `{"code","message","receipt"?}`. */
export function errorMessage(refusal: Refusal, receipt: string | undefined): Uint8Array {
  return Buffer.from(JSON.stringify({ code: refusal.code, message: refusal.message, receipt }));
}

/** The headers of that MESSAGE to the subscription `id`; `number` is another one for each. */
export function errorMessageHeaders(id: string, number: number): FrameHeader[] {
  return [
    ['subscription', id],
    ['message-id', `e-${number}`],
    ['destination', ERROR_QUEUE],
    ['content-type', 'application/json'],
  ];
}
