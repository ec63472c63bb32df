import { table } from '../markdown.ts';

/** What the reference reads of a JSON Schema; typebox and OpenAPI 3.1 write the same. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** Choices above this are told by their kind alone: the table that they come from lists them. */
const MOST_CHOICES = 12;

/** The fields of an object, one a row; those of objects and lists in it stand below them, by their path. */
export function fieldTable(schema: JsonSchema): string[] {
  return table(['field', 'type', 'needed', 'what'], fieldRows(schema, ''));
}

function fieldRows({ properties = {}, required = [] }: JsonSchema, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const inner = field.items ?? field;
    const row = [`\`${path}\``, typeOf(field), required.includes(name) ? 'yes' : '', field.description ?? ''];
    return [row, ...fieldRows(inner, field.items === undefined ? `${path}.` : `${path}[].`)];
  });
}

/** A type in a few words: `integer, 1 to 200`. */
export function typeOf(schema: JsonSchema): string {
  const choices = choicesOf(schema);
  if (choices !== undefined && choices.length <= MOST_CHOICES)
    return choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(' or ');
  if (schema.items !== undefined) return `list of ${schema.items.type ?? 'object'}${boundsOf(schema)}`;
  return `${schema.type ?? 'string'}${boundsOf(schema)}`;
}

function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  const all = schema.anyOf?.map((choice) => choicesOf(choice));
  return all?.every((choice) => choice !== undefined) ? all.flat() : undefined;
}

function boundsOf({ minimum, maximum, minLength, maxLength, maxItems }: JsonSchema): string {
  const least = minimum ?? minLength;
  const most = maximum ?? maxLength ?? maxItems;
  const unit =
    maxItems !== undefined ? ' entries' : minLength !== undefined || maxLength !== undefined ? ' characters' : '';
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}${unit}`;
  if (most !== undefined) return `, at most ${most}${unit}`;
  return least === undefined ? '' : `, at least ${least}${unit}`;
}
