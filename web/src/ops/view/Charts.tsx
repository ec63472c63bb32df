import type { Point } from '../history.ts';
import { bytes, seconds, short } from '../units.ts';
import { Chart } from './Chart.tsx';

interface Shown {
  readonly title: string;
  readonly unit: string;
  value(point: Point): number | undefined;
  text(value: number): string;
}

const shown: readonly Shown[] = [
  { title: 'Clients', unit: 'connected', value: (point) => point.clients, text: short },
  { title: 'Deliveries', unit: 'a second', value: (point) => point.deliveries, text: short },
  { title: 'Chat messages', unit: 'accepted a second', value: (point) => point.messages, text: short },
  { title: 'Ticks', unit: 'a second', value: (point) => point.ticks, text: short },
  { title: 'Receipt, p99', unit: 'message to commit', value: (point) => point.receipt, text: seconds },
  {
    title: 'Delivery, p99',
    unit: 'to the last client’s write',
    value: (point) => point.delivery,
    text: seconds,
  },
  { title: 'Sent', unit: 'a second', value: (point) => point.bytes, text: bytes },
  { title: 'Refusals', unit: 'a second', value: (point) => point.refusals, text: short },
  { title: 'Slowest client', unit: 'events behind', value: (point) => point.lag, text: short },
  { title: 'CPU', unit: 'cores, all instances', value: (point) => point.cpu, text: (value) => value.toFixed(2) },
  { title: 'Event loop, p99', unit: 'the slowest instance', value: (point) => point.loop, text: seconds },
  { title: 'Memory', unit: 'resident, all instances', value: (point) => point.memory, text: bytes },
];

/** The last five minutes of what counts. */
export function Charts({ points }: { points: readonly Point[] }) {
  return (
    <section aria-label="The last five minutes" class="ops-charts">
      {shown.map(({ title, unit, value, text }) => (
        <Chart key={title} title={title} unit={unit} values={points.map(value)} text={text} />
      ))}
    </section>
  );
}
