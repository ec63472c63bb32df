import type { Attributes } from '../tracer.ts';

/** A step that is done. Times are in milliseconds since 1970, with a fraction. */
export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
}

/** Steps as OTLP over HTTP takes them, in JSON (opentelemetry-proto, `ExportTraceServiceRequest`). */
export function otlpTraces(resource: Attributes, spans: readonly EndedSpan[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'towncrier' }, spans: spans.map(spanOf) }],
      },
    ],
  });
}

/** `SPAN_KIND_INTERNAL` */
const INTERNAL = 1;
/** `STATUS_CODE_ERROR` */
const ERROR = 2;

function spanOf({ traceId, spanId, parentSpanId, name, start, end, attributes }: EndedSpan): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(attributes),
    ...('error.type' in attributes && { status: { code: ERROR } }),
  };
}

/** 64-bit numbers are texts in its JSON. */
function nanoseconds(milliseconds: number): string {
  return `${BigInt(Math.round(milliseconds * 1_000)) * 1_000n}`;
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } };
    return { key, value: Number.isInteger(value) ? { intValue: `${value}` } : { doubleValue: value } };
  });
}
