/** Nanoseconds that one call takes: the median of some rounds, after a warm-up. `calls` of them make a round. */
export function timed(calls: number, call: (index: number) => unknown): number {
  const round = (): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) call(i);
    return Number(process.hrtime.bigint() - start) / calls;
  };
  round();
  const rounds = Array.from({ length: 9 }, round).sort((one, other) => one - other);
  return rounds[4] ?? 0;
}
