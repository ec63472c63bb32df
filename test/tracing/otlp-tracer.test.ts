import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { TRACE_CONTEXT } from '../../server/tracer.ts';
import { OtlpTracer } from '../../server/tracing/otlp-tracer.ts';
import { recordingLog } from '../chat/recording-log.ts';
import { Collector } from '../support/collector.ts';
import { ManualClock } from '../support/manual-clock.ts';

async function setUp(perSecond = 10) {
  const collector = await Collector.start();
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const tracer = new OtlpTracer({
    ...{ clock, log, newId: randomUUID, perSecond },
    endpoint: `${collector.url}/`,
    headers: { 'x-key': 'of-mine' },
    resource: { 'service.name': 'towncrier' },
  });
  return { collector, clock, tracer, lines };
}

test('steps of one message are one trace, with their times, parents and attributes', async () => {
  const { collector, clock, tracer } = await setUp();
  const first = tracer.begin('receive', { room: 'global' });
  assert.match(first?.context ?? '', new RegExp(TRACE_CONTEXT));
  clock.advance(5);
  const second = tracer.follow('commit', first?.context ?? '', { size: 3, share: 0.5 });
  clock.advance(10);
  second.end();
  first?.end({ seq: 7 });
  await tracer.close();
  const [commit, receive] = collector.spans;
  assert.equal(commit?.traceId, receive?.traceId);
  assert.equal(commit?.parentSpanId, receive?.spanId);
  assert.equal(receive?.parentSpanId, undefined);
  assert.deepEqual(
    [receive?.attributes, commit?.attributes],
    [
      { room: 'global', seq: '7' },
      { size: '3', share: '0.5' },
    ],
  );
  const milliseconds = (span = commit): number => Number((span?.end ?? 0n) - (span?.start ?? 0n)) / 1e6;
  assert.deepEqual([milliseconds(), milliseconds(receive)], [10, 15]);
  assert.equal(collector.headers[0]?.['x-key'], 'of-mine');
  assert.equal(receive?.resource['service.name'], 'towncrier');
  collector.close();
});

test('no more traces begin in a second than may; those under way go on', async () => {
  const { collector, clock, tracer } = await setUp(2);
  const begun = [1, 2, 3].map(() => tracer.begin('receive'));
  assert.deepEqual(
    begun.map((span) => span !== undefined),
    [true, true, false],
  );
  tracer.follow('deliver', begun[0]?.context ?? '').end();
  clock.advance(1_000);
  assert.ok(tracer.begin('receive'));
  await tracer.close();
  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ['deliver'],
  );
  collector.close();
});

test('a collector that refuses or is gone is said once, and costs the traces alone', async () => {
  const { collector, clock, tracer, lines } = await setUp();
  collector.status = 500;
  for (let round = 0; round < 3; round++) {
    tracer.begin('receive')?.end();
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  collector.close();
  tracer.begin('receive')?.end();
  await tracer.close();
  assert.deepEqual(collector.spans, []);
  assert.equal(lines.filter(({ text }) => text.includes('traces cannot be sent')).length, 1);
});

test('what waits is bounded', async () => {
  const { collector, tracer } = await setUp(1e6);
  for (let count = 0; count < 5_000; count++) tracer.begin('receive')?.end();
  await tracer.close();
  await tracer.close();
  assert.ok(collector.spans.length <= 4_096, `${collector.spans.length}`);
  collector.close();
});
