/**
 * A generator of random numbers that a seed decides: the same seed gives the same run plan on every machine.
 *
 * @param seed - a whole number
 * @returns draws from it
 */
export function drawsOf(seed) {
  let state = seed >>> 0;

  /** A number from 0 to below 1. */
  function draw() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  /** A whole number from `low` to `high`, both included. */
  const between = (low, high) => low + Math.floor(draw() * (high - low + 1));
  return { draw, between, pick: (list) => list[between(0, list.length - 1)] };
}
