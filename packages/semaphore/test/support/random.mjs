/** Random numbers from a seed: EVENTFD_SEED, or the clock; printed, so that a failure can be run again. */
export function seedOf(what) {
  const seed = Number(process.env.EVENTFD_SEED ?? Date.now() % 2 ** 31);
  console.log(`${what}: EVENTFD_SEED=${seed}`);
  return seed;
}

/** Whole numbers from 0 to `below - 1` (xorshift, after Marsaglia). */
export function randomOf(seed) {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
