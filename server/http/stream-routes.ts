import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { Bucket } from '../limits/rate.ts';
import type { OwnStream } from '../streams/own-stream.ts';
import { idempotencyHeaders, idempotencyKey } from './idempotency-key.ts';
import { answers } from './schemas.ts';

export interface StreamRoutesOptions {
  readonly streams: ReadonlyMap<string, OwnStream>;
  readonly clock: Clock;
  readonly newId: () => string;
  /** With guests: who has it may append; nobody may where it is empty. `undefined`: tokens have scopes. */
  readonly token: string | undefined;
  /** Events a second of a stream; 0 is no limit. */
  readonly rate: number;
  /** The largest event, in bytes. */
  readonly eventBytes: number;
}

/** A burst is so many seconds' worth. */
const BURST = 5;
const MOST_KEY = 128;

const paramsSchema = Type.Object({ name: Type.String({ description: 'The name of a stream of STREAMS.' }) });
const eventSchema = Type.Object(
  { key: Type.Optional(Type.String({ maxLength: MOST_KEY, description: 'What the event is the newest of.' })) },
  { additionalProperties: true, description: 'Any JSON object. It is sent to everyone exactly as it came.' },
);
const appendedSchema = Type.Object({
  id: Type.String({ description: 'The place after it, to go on from.', examples: ['k3v9q0x2ab:42'] }),
});

/** `POST /api/streams/{name}`: appends an event to a stream that users declared. */
export function addStreamRoutes(app: FastifyInstance, options: StreamRoutesOptions): void {
  const { streams, clock, newId, rate } = options;
  const bucket = (): Bucket | undefined =>
    rate === 0 ? undefined : new Bucket({ perSecond: rate, burst: rate * BURST });
  const buckets = new Map([...streams.keys()].map((name) => [name, bucket()]));
  app.post<{ Params: Type.Static<typeof paramsSchema> }>(
    '/api/streams/:name',
    {
      config: { scope: 'stream:write' },
      schema: {
        tags: ['streams'],
        summary: 'Appends an event to a stream of your own; answered when it is in the log',
        description:
          'With the header Idempotency-Key the same key again within 10,000 events is appended once. With AUTH=guest it needs the bearer token of STREAM_TOKEN, with AUTH=jwt the scope stream:write.',
        params: paramsSchema,
        headers: idempotencyHeaders,
        body: eventSchema,
        response: answers({
          200: { ...appendedSchema, description: 'It was appended before.' },
          201: { ...appendedSchema, description: 'It is in the log now.' },
        }),
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      mayAppend(options.token, request.headers.authorization);
      const own = streams.get(name);
      if (own === undefined) throw new Refusal('unknown-stream', `There is no stream "${name.slice(0, 64)}".`);
      const wait = buckets.get(name)?.take(clock.monotonic()) ?? 0;
      if (wait > 0) throw tooFast(name, rate, wait);
      const json = eventIn(request.body, options.eventBytes);
      const { id, duplicate } = await own.append(idempotencyKey(request.headers) ?? newId(), json);
      return reply.code(duplicate ? 200 : 201).send({ id });
    },
  );
}

/** Compared by hash: so it takes as long whatever is given. */
function mayAppend(token: string | undefined, authorization: string | undefined): void {
  if (token === undefined) return;
  if (token === '') throw new Refusal('not-writable', 'Nobody may append by HTTP: STREAM_TOKEN is not set.');
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) throw new Refusal('sign-in-needed');
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(hash(given), hash(token)))
    throw new Refusal('token-invalid', 'This is not the token of streams.');
}

/** The event as text. Refuses what is no JSON object, is too long, or has a key that is none. */
function eventIn(body: unknown, most: number): string {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes.length > most)
    throw new Refusal('too-large', `An event may have ${most} bytes; this one has ${bytes.length}.`);
  let value: unknown;
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(json);
  } catch (error) {
    throw new Refusal('invalid-json', undefined, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('invalid-message', 'An event must be a JSON object.');
  if ('key' in value && (typeof value.key !== 'string' || value.key.length > MOST_KEY))
    throw new Refusal('invalid-message', `The field key must be a text of at most ${MOST_KEY} characters.`);
  return json;
}

function tooFast(name: string, rate: number, wait: number): Refusal {
  const retryAfter = Math.ceil(wait / 1_000);
  return new Refusal(
    'too-fast',
    `The stream ${name} takes ${rate} events a second; there is room in ${Math.ceil(wait)} ms.`,
    {
      retryAfter,
    },
  );
}
