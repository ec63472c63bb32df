import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { readBody } from '../chat/body.ts';
import { Refusal } from '../errors.ts';

/**
 * Reads bodies of JSON by a schema whose fields have descriptions that follow the words "must be". Refused with `invalid-json`,
 * and `invalid-message`, which names the field.
 */
export function bodyReader<S extends TObject>(schema: S): (body: unknown) => Static<S> {
  const validator = Compile(schema);
  return (body) => {
    const value = readBody(body);
    if (validator.Check(value)) return value;
    const [complaint] = validator.Errors(value);
    const missing = complaint?.keyword === 'required' ? complaint.params.requiredProperties[0] : undefined;
    const name = missing ?? complaint?.instancePath.slice(1) ?? '';
    const { description } = (schema.properties[name] ?? {}) as { description?: string }; // of a schema of ours
    throw new Refusal(
      'invalid-message',
      description === undefined ? 'The body must be a JSON object.' : `"${name}" must be ${description}.`,
    );
  };
}
