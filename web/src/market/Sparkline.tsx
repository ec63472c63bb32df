import type { Quote } from './market-state.ts';
import { sparkLine } from './spark.ts';

const WIDTH = 72;
const HEIGHT = 22;

/** The last minutes of a price as a line; what it says in words is beside it. */
export function Sparkline({ quote }: { quote: Quote }) {
  const points = quote.spark.value;
  const rise = (points.at(-1)?.price ?? 0) - (points[0]?.price ?? 0);
  const way = rise === 0 ? 'flat' : rise > 0 ? 'up' : 'down';
  return (
    <svg class={`spark ${way}`} viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} aria-hidden="true">
      <polyline points={sparkLine(points, WIDTH, HEIGHT)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
