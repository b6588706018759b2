/** A list of numbers; those of a constant must not change once it is made. */
export type Numbers = readonly number[] | Float32Array | Float64Array;

/** The most numbers that are compared by what they are; longer lists by their digest. */
const mostCompared = 64;

const known = new WeakMap<Numbers, string>();

/** Tells lists of different content apart, NaN, infinities and −0 included; a long list is looked at once. */
export function fingerprint(values: Numbers): string {
  if (values.length <= mostCompared)
    return Array.from(values, (value) => (Object.is(value, -0) ? "-0" : String(value))).join();
  const digest = known.get(values) ?? digestOf(values);
  known.set(values, digest);
  return digest;
}

/** Two hashes of 32 bits: lists that differ agree in both once in 10¹⁹ pairs. */
function digestOf(values: Numbers): string {
  const words = new Uint32Array(Float64Array.from(values).buffer);
  return `${values.length} numbers ${murmur(words, 1)} ${murmur(words, 2)}`;
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * MurmurHash3 of whole words.
 *
 * @see Appleby, https://github.com/aappleby/smhasher (MurmurHash3_x86_32)
 */
function murmur(words: Uint32Array, seed: number): number {
  let hash = seed;
  for (const word of words) {
    hash ^= Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    hash = Math.imul(rotated(hash, 13), 5) + 0xe6546b64;
  }
  hash ^= 4 * words.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
