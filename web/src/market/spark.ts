/** A price at a time (milliseconds since 1970). */
export interface SparkPoint {
  readonly time: number;
  readonly price: number;
}

/** How far back a sparkline goes, and how often it has a point, in milliseconds. */
export const SPARK_SPAN = 300_000;
const STEP = 5_000;

/** The last minutes of one symbol's price, one point every few seconds. */
export class Spark {
  #points: SparkPoint[] = [];

  /** Begins with closing prices, oldest first. */
  load(points: readonly SparkPoint[]): void {
    const live = this.#points;
    this.#points = [];
    for (const point of points) this.add(point);
    for (const point of live) this.add(point);
  }

  /** The newest price of a step is its point. A point of before the newest step is left out. */
  add({ time, price }: SparkPoint): void {
    const step = time - (time % STEP);
    const last = this.#points.at(-1);
    if (last !== undefined && step < last.time) return;
    if (last !== undefined && step === last.time) this.#points[this.#points.length - 1] = { time: step, price };
    else this.#points.push({ time: step, price });
    while (this.#points.length > 0 && (this.#points[0]?.time ?? 0) < step - SPARK_SPAN) this.#points.shift();
  }

  /** The points until now; the same list until one is added. */
  points(): readonly SparkPoint[] {
    return [...this.#points];
  }
}

/** An SVG polyline's `points` in a box of that size, time to the right and the highest price at the top. */
export function sparkLine(points: readonly SparkPoint[], width: number, height: number): string {
  const last = points.at(-1);
  const first = points[0];
  if (first === undefined || last === undefined || points.length < 2) return '';
  const prices = points.map((point) => point.price);
  const low = Math.min(...prices);
  const range = Math.max(...prices) - low;
  const span = last.time - first.time;
  return points
    .map(({ time, price }) => {
      const x = ((time - first.time) / span) * width;
      const y = range === 0 ? height / 2 : height - ((price - low) / range) * height;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
