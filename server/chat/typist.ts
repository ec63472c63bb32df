import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { Refusal } from '../errors.ts';
import { isName, MAX_NAME } from './author.ts';
import { readBody } from './body.ts';

const typistSchema = Type.Object({
  sender: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_NAME })),
  typing: Type.Boolean(),
});
const validator = Compile(typistSchema);

/** What a client says of its own typing. */
export type TypistInput = Type.Static<typeof typistSchema>;

/** Reads what a client sent. Throws a `Refusal` that names the field. */
export function readTypist(body: unknown): TypistInput {
  const value = readBody(body);
  if (!validator.Check(value)) {
    const aboutSender = validator.Errors(value).some((error) => error.instancePath === '/sender');
    throw aboutSender ? wrongSender() : new Refusal('invalid-message', '"typing" must be true or false.');
  }
  if (value.sender !== undefined && !isName(value.sender)) throw wrongSender();
  return value;
}

function wrongSender(): Refusal {
  return new Refusal(
    'invalid-message',
    `"sender" must be a string of 1 to ${MAX_NAME} characters, without control characters.`,
  );
}
