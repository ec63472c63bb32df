import type { Start } from './start.ts';
import type { Tracer } from './tracer.ts';

/** What traces chat messages, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; only then is it loaded. */
export async function openTracer(start: Start, instance: string): Promise<Tracer | undefined> {
  const { settings, opened, clock, log, newId, version } = start;
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === '') return undefined;
  const { OtlpTracer } = await import('./tracing/otlp-tracer.ts');
  const tracer = new OtlpTracer({
    clock,
    log,
    newId,
    endpoint,
    headers: headersOf(settings.OTEL_EXPORTER_OTLP_HEADERS),
    perSecond: settings.TRACES_PER_SECOND,
    resource: {
      'service.name': settings.OTEL_SERVICE_NAME,
      'service.instance.id': instance,
      'service.version': version,
    },
  });
  opened.defer(() => tracer.close());
  return tracer;
}

function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
