/**
 * A random number generator whose whole sequence is fixed by its seed: sfc32 (PractRand), numbers evenly spread in
 * [0, 1). It repeats after 2^64 numbers or more.
 */
export function seededRandom(seed: number): () => number {
  let [a, b, c, counter] = [0, seed >>> 0, (seed / 2 ** 32) >>> 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  // Seeds that lie close together begin with much the same state; it takes some rounds until they have parted.
  for (let round = 0; round < 15; round++) next();
  return next;
}

/** Two independent numbers of the standard normal distribution (Box and Muller). */
export function normalPair(random: () => number): readonly [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
