/** Small numbers that a seed decides (Marsaglia's xorshift with 32 bits). */
export class Chance {
  constructor(seed) {
    this.state = (seed * 2_654_435_761 + 88_675_123) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  next() {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** A whole number from 0 to under `bound`. */
  below(bound) {
    return bound <= 1 ? 0 : this.next() % bound;
  }

  of(items) {
    return items[this.below(items.length)];
  }
}

const encoder = new TextEncoder();

/** What readers stumble over. */
const WORDS = [
  "0",
  "-1",
  "1e308",
  "1e999",
  "-0",
  "NaN",
  "null",
  "None",
  "1,100",
  "1.234,5",
  "0x1F",
  "9007199254740993",
  "__proto__",
  "constructor",
  "toString",
  '"',
  '""',
  "'",
  "{",
  "}",
  "[",
  "]",
  "[[[[[[[[",
  ",",
  ";",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\u0000",
  "\ufeff",
  "\u001b[31m",
  "\u202e",
  "😀",
  "é",
  " ".repeat(200),
  "1".repeat(400),
  "#",
  "=",
  "-",
  "/",
].map((word) => encoder.encode(word));

const NUMBERS = [0, 1, 0x7f, 0x80, 0xff];

const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A place, and one not far behind it. */
function stretch(bytes, chance) {
  const from = chance.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + chance.below(chance.of([2, 8, 64])))];
}

/** The changes by name: each takes bytes, a source of chance and another valid input. */
const CHANGES = {
  cut: (bytes, chance) => bytes.slice(0, chance.below(bytes.length + 1)),
  flip: (bytes, chance) => {
    const copy = bytes.slice();
    copy[chance.below(copy.length)] ^= 1 << chance.below(8);
    return copy;
  },
  overwrite: (bytes, chance) => {
    const copy = bytes.slice();
    const [from, to] = stretch(bytes, chance);
    copy.fill(chance.below(4) === 0 ? chance.below(256) : chance.of(NUMBERS), from, to);
    return copy;
  },
  remove: (bytes, chance) => {
    const [from, to] = stretch(bytes, chance);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  repeat: (bytes, chance) => {
    const [from, to] = stretch(bytes, chance);
    const part = bytes.subarray(from, to);
    const times = chance.of([1, 2, 30]);
    return joined(bytes.subarray(0, to), ...Array.from({ length: times }, () => part), bytes.subarray(to));
  },
  word: (bytes, chance) => {
    const [from, to] = chance.below(2) === 0 ? stretch(bytes, chance) : [chance.below(bytes.length), 0];
    return joined(bytes.subarray(0, from), chance.of(WORDS), bytes.subarray(Math.max(from, to)));
  },
  splice: (bytes, chance, other) => {
    const [from, to] = stretch(other, chance);
    const at = chance.below(bytes.length + 1);
    return joined(bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at));
  },
};

const NAMES = Object.keys(CHANGES);

/**
 * The input of a number: a valid one with up to six changes or, where the parser has a maker, in one case of four a made
 * one; the same for the same seed and number.
 *
 * @param {{ samples: readonly Uint8Array[], make?: (chance: Chance) => Uint8Array }} parser of `parsersOf`
 * @param {number} seed
 * @param {number} number
 */
export function inputOf({ samples, make }, seed, number) {
  const chance = new Chance(seed * 1_000_003 + number);
  if (make !== undefined && chance.below(4) === 0) return make(chance);
  let bytes = chance.of(samples);
  for (let left = 1 + chance.below(6); left > 0; left--)
    bytes = CHANGES[chance.of(NAMES)](bytes, chance, chance.of(samples));
  return bytes;
}
