import { page, table } from '../markdown.ts';
import type { OpenApi, Operation } from '../openapi.ts';
import { fieldTable, type JsonSchema, typeOf } from './json-schema.ts';

/** The REST API, path by path. */
export function httpApiPage({ paths }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationLines(path, method, operation)),
  );
  return page('HTTP API', 'the schemas of the routes in server/http/', [
    'JSON over HTTP on the public port. A running server describes itself at `/api/openapi.json`; the same is in',
    '[openapi.json](openapi.json). What is refused has the body `{"code","message"}`: see [errors](errors.md). Scopes count with',
    '`AUTH=jwt` ([sign-in](../production/sign-in.md)); guests need none. Live data comes over [STOMP](stomp.md) and',
    '[Server-Sent Events](sse.md).',
    ...operations.flat(),
  ]);
}

function operationLines(path: string, method: string, operation: Operation): string[] {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return [
    ...[
      '',
      `## ${method.toUpperCase()} ${path}`,
      '',
      `${summary}.${description === undefined ? '' : ` ${description}`}`,
    ],
    ...scopeLines(operation),
    ...(parameters.length === 0 ? [] : ['', ...parameterTable(parameters)]),
    ...(body === undefined ? [] : ['', 'Body, JSON:', '', ...shapeLines(body)]),
    ...Object.entries(responses)
      .filter(([status]) => /^2/.test(status))
      .flatMap(([status, answer]) => answerLines(status, answer)),
  ];
}

function scopeLines({ security = [] }: Operation): string[] {
  const scopes = security.flatMap((one) => Object.values(one).flat());
  return scopes.length === 0 ? [] : ['', `Scope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`];
}

function parameterTable(parameters: NonNullable<Operation['parameters']>): string[] {
  const rows = parameters.map(({ name, in: place, required, description, schema }) => [
    `\`${name}\``,
    place,
    typeOf(schema),
    required ? 'needed' : schema.default === undefined ? '' : `\`${schema.default}\``,
    description ?? schema.description ?? '',
  ]);
  return table(['parameter', 'in', 'type', 'default', 'what'], rows);
}

function answerLines(status: string, { description, content }: Operation['responses'][string]): string[] {
  const [type, { schema } = { schema: undefined }] = Object.entries(content ?? {})[0] ?? [];
  const words = [
    '',
    `Answer ${status}${type === undefined || type === 'application/json' ? '' : `, \`${type}\``}: ${description}`,
  ];
  return schema?.properties === undefined ? words : [...words, '', ...shapeLines(schema)];
}

function shapeLines(schema: JsonSchema): string[] {
  return schema.properties === undefined ? [`${typeOf(schema)}: ${schema.description ?? ''}`] : fieldTable(schema);
}
