import type { Setting } from './settings.ts';

/** Traces of chat messages; see docs/production/observe.md. The names are those of OpenTelemetry where it has one. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    type: 'text',
    default: '',
    pattern: /^https?:\/\/[^\s@]+$/,
    patternText: 'the URL of a collector, like http://collector:4318, without a password in it',
    text: 'Where traces of chat messages are sent, by OTLP over HTTP; none are made where this is empty.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    type: 'text',
    default: '',
    secret: true,
    pattern: /^[\w-]+=[^,]*(?:,[\w-]+=[^,]*)*$/,
    patternText: 'name=value, separated by commas',
    text: 'Headers for the collector, such as its key.',
  },
  OTEL_SERVICE_NAME: { type: 'text', default: 'towncrier', text: 'The name of this service in traces.' },
  TRACES_PER_SECOND: {
    type: 'integer',
    default: 10,
    min: 0,
    max: 10_000,
    unit: 'traces/s',
    text: 'Messages of each instance that are traced at most; the others are not.',
  },
} as const satisfies Record<string, Setting>;
