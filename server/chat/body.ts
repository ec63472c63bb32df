import { Refusal } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The value of a JSON body, as bytes or parsed already. Throws a `Refusal` (`invalid-json`) for broken UTF-8 or JSON. */
export function readBody(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return body;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new Refusal('invalid-json', 'The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('invalid-json');
  }
}
