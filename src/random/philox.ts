/** Four 32-bit words, unsigned. */
export type Quad = readonly [number, number, number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const KEY_STEP_0 = 0x9e3779b9; // the golden ratio
const KEY_STEP_1 = 0xbb67ae85; // the square root of 3, less 1
const ROUNDS = 10;
const TWO_TO_MINUS_32 = 2 ** -32;
const ALL_ONES_22 = 0x3fffff;

/** Words in two blocks, which are made together: the length of `out` must be a multiple of it. */
export const PHILOX_WORDS = 8;

/**
 * Philox4x32-10: fills `out` with the blocks of four words at `counter`, `counter` + 1, and so on. The counter is one
 * number of 128 bits, lowest word first, whose lower 64 bits count; any block can be computed without those before it.
 *
 * Source: Salmon, Moraes, Dror and Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*; agrees with the known
 * answers of their library Random123.
 *
 * @param out its length is a multiple of `PHILOX_WORDS`.
 *
 * @example
 * const out = new Uint32Array(8);
 * philox(out, [0, 0, 0, 0], 0, 0);
 * out[0]!.toString(16) // '6627e8d5'
 */
export function philox(out: Uint32Array, counter: Quad, key0: number, key1: number): void {
  let low = counter[0] | 0;
  let high = counter[1] | 0;
  const third = counter[2] | 0;
  const fourth = counter[3] | 0;
  for (let at = 0; at < out.length; at += PHILOX_WORDS) {
    // Two blocks, a and b, side by side: neither waits for the other, so that the processor overlaps their rounds.
    let a0 = low;
    let a1 = high;
    let a2 = third;
    let a3 = fourth;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    let b0 = low;
    let b1 = high;
    let b2 = third;
    let b3 = fourth;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    let k0 = key0 | 0;
    let k1 = key1 | 0;
    for (let round = 0; round < ROUNDS; round++) {
      const lowA0 = Math.imul(a0, MULTIPLIER_0);
      const lowA2 = Math.imul(a2, MULTIPLIER_1);
      const lowB0 = Math.imul(b0, MULTIPLIER_0);
      const lowB2 = Math.imul(b2, MULTIPLIER_1);
      const highA0 = highWord(a0, MULTIPLIER_0, lowA0);
      const highB0 = highWord(b0, MULTIPLIER_0, lowB0);
      a0 = highWord(a2, MULTIPLIER_1, lowA2) ^ a1 ^ k0;
      b0 = highWord(b2, MULTIPLIER_1, lowB2) ^ b1 ^ k0;
      a2 = highA0 ^ a3 ^ k1;
      b2 = highB0 ^ b3 ^ k1;
      a1 = lowA2;
      b1 = lowB2;
      a3 = lowA0;
      b3 = lowB0;
      k0 = (k0 + KEY_STEP_0) | 0;
      k1 = (k1 + KEY_STEP_1) | 0;
    }
    out[at] = a0;
    out[at + 1] = a1;
    out[at + 2] = a2;
    out[at + 3] = a3;
    out[at + 4] = b0;
    out[at + 5] = b1;
    out[at + 6] = b2;
    out[at + 7] = b3;
  }
}

/**
 * The upper 32 bits of the 64-bit product of two unsigned words, given its lower 32 bits. In float64 the product is off
 * by at most 2^10. That matters only if the lower word is so near 2^32 that the product may round up into the next
 * upper word; less the lower word it is then a multiple of 2^32, which rounding finds exactly.
 */
function highWord(x: number, multiplier: number, low: number): number {
  return low >>> 10 === ALL_ONES_22
    ? (((x >>> 0) * multiplier - (low >>> 0)) * TWO_TO_MINUS_32 + 0.5) | 0
    : ((x >>> 0) * (multiplier * TWO_TO_MINUS_32)) | 0;
}
