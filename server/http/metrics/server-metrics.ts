import { counter, gauge, type Metric } from './metric.ts';

/** The instance, its connections and its engines. */
export const serverMetrics: readonly Metric[] = [
  gauge('towncrier_info', 'Always 1; its label is the version.', ({ version }) => [[{ version }, 1]], {
    together: 'max',
  }),
  gauge('towncrier_ready', '1 while the instance may get clients.', ({ ready }) => Number(ready()), {
    together: 'max',
  }),
  gauge('towncrier_connections', 'Open connections of clients.', ({ websocket, sse, sockjs }) => [
    [{ transport: 'websocket' }, websocket.connections],
    [{ transport: 'sse' }, sse.connections],
    [{ transport: 'sockjs' }, sockjs.connections],
  ]),
  counter('towncrier_connections_opened_total', 'Connections of clients that began.', ({ websocket, sse, sockjs }) => [
    [{ transport: 'websocket' }, websocket.accepted],
    [{ transport: 'sse' }, sse.accepted],
    [{ transport: 'sockjs' }, sockjs.accepted],
  ]),
  counter('towncrier_sessions_total', 'STOMP sessions that were CONNECTED.', ({ sessions }) => sessions.connected),
  counter(
    'towncrier_resumes_total',
    'Reconnects: subscriptions and streams that went on from a position that the client had.',
    ({ sessions, sse }) => [
      [{ protocol: 'stomp' }, sessions.resumed],
      [{ protocol: 'sse' }, sse.resumed],
    ],
  ),
  counter(
    'towncrier_refusals_total',
    'What clients were refused, by the code of docs/reference/errors.md.',
    ({ refusals }) => refusals?.all().map(([code, count]) => [{ code }, count]) ?? [[{ code: 'internal' }, 0]],
  ),
  gauge(
    'towncrier_engine_up',
    '1 while the engine answers, or waits until it is needed.',
    async ({ engines }) =>
      Promise.all(
        Object.entries(engines).map(
          async ([part, engine]) => [{ part, kind: engine.kind }, Number((await engine.state()) !== 'down')] as const,
        ),
      ),
    { together: 'average' },
  ),
  counter(
    'towncrier_engine_outages_total',
    'Times that the engine was found not to answer after it had.',
    ({ engines }) => Object.entries(engines).map(([part, { kind, outages }]) => [{ part, kind }, outages]),
  ),
];
