/** A number in few characters: 950, 9.5 k, 2.4 M. */
export function short(value: number): string {
  if (value >= 1e9) return `${fine(value / 1e9)} G`;
  if (value >= 1e6) return `${fine(value / 1e6)} M`;
  if (value >= 1e4) return `${fine(value / 1e3)} k`;
  return fine(value);
}

function fine(value: number): string {
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

/** Seconds as a person says them: 4.1 ms, 1.20 s. */
export function seconds(value: number): string {
  if (value >= 1) return `${value.toFixed(2)} s`;
  return value >= 0.1 ? `${Math.round(value * 1_000)} ms` : `${(value * 1_000).toFixed(1)} ms`;
}

/** Bytes in powers of 1,000, as networks count. */
export function bytes(value: number): string {
  // Behind a prefix there is no blank: 3,480 B, 34.8 kB.
  return value >= 1e4 ? `${short(value)}B` : `${short(value)} B`;
}

/** How long ago something began: 42 s, 17 min, 5 h, 3 d. */
export function age(secondsAgo: number): string {
  if (secondsAgo < 120) return `${Math.floor(secondsAgo)} s`;
  if (secondsAgo < 7_200) return `${Math.floor(secondsAgo / 60)} min`;
  return secondsAgo < 172_800 ? `${Math.floor(secondsAgo / 3_600)} h` : `${Math.floor(secondsAgo / 86_400)} d`;
}
