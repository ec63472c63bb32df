import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Refusal } from '../errors.ts';
import { isName, MAX_NAME } from './author.ts';
import { readBody } from './body.ts';

/** Code points of the content of a message, at most. */
export const MAX_CONTENT = 2_000;
const MAX_ID = 64;

/** A message as a client writes it. Lengths are in code points; fields that are not named are ignored. */
export const messageSchema = Type.Object({
  id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_ID,
      description: 'Chosen by the sender, a UUID for example: the same id again is stored once. Printable characters.',
    }),
  ),
  sender: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_NAME,
      description: 'The name of a guest who did not sign in with one. No control characters.',
    }),
  ),
  content: Type.String({
    minLength: 1,
    maxLength: MAX_CONTENT,
    description: 'Any Unicode text without lone surrogates; stored and shown exactly as it came.',
  }),
});
const validator = Compile(messageSchema);

export type MessageInput = Type.Static<typeof messageSchema>;

/** What each field must be, for those who got it wrong. */
const rules: Readonly<Record<string, string>> = {
  id: `"id" must be a string of 1 to ${MAX_ID} printable characters.`,
  sender: `"sender" must be a string of 1 to ${MAX_NAME} characters, without control characters.`,
  content: `"content" must be a string of 1 to ${MAX_CONTENT.toLocaleString('en')} characters, without lone surrogates.`,
};
/** No control, format, private, unassigned or surrogate code point, and no line break. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

function refusal(field: string): Refusal {
  return new Refusal('invalid-message', rules[field] ?? 'The body must be a JSON object.');
}

function firstWrongField(body: unknown): string {
  const [error] = validator.Errors(body);
  // What is missing is reported at the object; only the content has to be there.
  return error?.keyword === 'required' ? 'content' : (error?.instancePath.slice(1) ?? '');
}

/** Reads what a client sent, bytes of JSON or an object. Throws a `Refusal` that names the field and its limit. */
export function readMessage(body: unknown): MessageInput {
  const value = readBody(body);
  if (!validator.Check(value)) throw refusal(firstWrongField(value));
  const { id, sender, content } = value;
  if (id !== undefined && !printable.test(id)) throw refusal('id');
  if (sender !== undefined && !isName(sender)) throw refusal('sender');
  if (!content.isWellFormed()) throw refusal('content');
  return value;
}
