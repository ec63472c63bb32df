/** Values that fill the width at least: at first the line begins in its midst. */
const LEAST = 30;
const HEIGHT = 40;

export interface ChartProps {
  readonly title: string;
  readonly unit: string;
  /** The newest last. */
  readonly values: readonly (number | undefined)[];
  text(value: number): string;
}

/** A figure, and the course that it came by. */
export function Chart({ title, unit, values, text }: ChartProps) {
  const last = values.findLast((value) => value !== undefined);
  const most = values.reduce<number>((so, value) => Math.max(so, value ?? 0), 0);
  return (
    <figure class="ops-chart">
      <figcaption>
        <span class="ops-chart-title">{title}</span>
        <b data-testid={`figure-${title}`}>{last === undefined ? '–' : text(last)}</b>
        <span class="muted">{unit}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${Math.max(LEAST, values.length) - 1} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {lines(values, most).map((points) => (
          <polyline key={points} points={points} fill="none" vector-effect="non-scaling-stroke" />
        ))}
      </svg>
    </figure>
  );
}

/** Lines through the values, one for each stretch without a hole; the newest is at the right edge. */
function lines(values: readonly (number | undefined)[], most: number): string[] {
  const stretches: string[][] = [[]];
  for (const [index, value] of values.entries()) {
    if (value === undefined) stretches.push([]);
    else {
      const x = Math.max(LEAST - values.length, 0) + index;
      const y = HEIGHT - 2 - (most === 0 ? 0 : (value / most) * (HEIGHT - 6));
      stretches.at(-1)?.push(`${x},${y.toFixed(1)}`);
    }
  }
  return stretches.filter((points) => points.length > 1).map((points) => points.join(' '));
}
