import { useEffect, useState } from 'preact/hooks';

/** Whole seconds until a time (milliseconds since 1970), 0 when it has passed; counts down by itself. */
export function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  const left = Math.max(0, Math.ceil((until - Math.max(now, Date.now())) / 1_000));
  useEffect(() => {
    if (left === 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), (until - Date.now()) % 1_000 || 1_000);
    return () => clearTimeout(timer);
  }, [until, left, now]);
  return left;
}
