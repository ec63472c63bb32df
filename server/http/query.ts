import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Refusal } from '../errors.ts';

type Validator = (data: unknown) => true | { value: unknown } | { error: Error };

/**
 * Checks the query of a request against its schema, and makes numbers of those parameters that the schema says are integers.
 * Refuses with `invalid-parameter`, naming the parameter and what it must be.
 */
export function queryValidator(schema: TSchema): Validator {
  const properties = propertiesOf(schema);
  const validator = Compile(schema);
  return (data) => {
    const query = { ...(data as Readonly<Record<string, unknown>>) }; // Fastify's parser makes an object, always.
    for (const [name, { type }] of Object.entries(properties)) {
      if (type === 'integer' && query[name] !== undefined) query[name] = integer(query[name]);
    }
    return validator.Check(query) ? { value: query } : { error: refusal(validator.Errors(query)[0], properties) };
  };
}

interface Property {
  readonly type?: string;
  /** What it must be, in words that follow "must be". */
  readonly description?: string;
}

function propertiesOf(schema: TSchema): Readonly<Record<string, Property>> {
  // A query is described by an object; TSchema is any schema.
  return (schema as { properties?: Record<string, Property> }).properties ?? {};
}

/** The number that a text stands for; anything else as it is, for the schema to refuse. */
function integer(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

interface Complaint {
  readonly instancePath: string;
  readonly params: { readonly requiredProperties?: readonly string[] } | object;
}

function refusal(complaint: Complaint | undefined, properties: Readonly<Record<string, Property>>): Refusal {
  if (complaint === undefined) return new Refusal('invalid-parameter');
  const { instancePath, params } = complaint;
  // What is missing is reported at the object, with the names beside it.
  const missing = 'requiredProperties' in params ? params.requiredProperties?.[0] : undefined;
  const name = missing ?? instancePath.slice(1);
  return new Refusal('invalid-parameter', `The parameter ${name} must be ${properties[name]?.description ?? 'right'}.`);
}
