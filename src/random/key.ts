import { VrnnError } from "../errors.ts";
import { PHILOX_WORDS, philox, type Quad } from "./philox.ts";

const NUMBER_TAG = 1;
const TEXT_TAG = 2;

/**
 * 128 bits that name a stream: a hash of the seed and the labels. Labels that differ in anything, their types and
 * borders included, give unrelated streams.
 *
 * @throws VrnnError `random/label` when the seed or a number among the labels is NaN or infinite.
 *
 * @example
 * deriveKey(1, ["noise", 17]) // other words than deriveKey(1, ["noise1", 7])
 */
export function deriveKey(seed: number, labels: readonly (string | number)[]): Quad {
  const words: number[] = [];
  addNumber(words, seed);
  for (const label of labels) {
    if (typeof label === "number") addNumber(words, label);
    else addText(words, label);
  }
  let hash: Quad = [0, 0, 0, 0];
  for (let at = 0; at < words.length; at += 2) hash = compress(hash, words[at]!, words[at + 1] ?? 0);
  return hash;
}

// A tag that is never 0 and a length make the words of a list of labels decodable: no two lists share them.

function addNumber(words: number[], value: number): void {
  if (!Number.isFinite(value)) {
    throw new VrnnError("random/label", `a seed must be a finite number, not ${value}`, {
      remedy: "give a whole number",
    });
  }
  bits.setFloat64(0, value + 0); // -0 and 0 are one number
  words.push(NUMBER_TAG, bits.getUint32(0), bits.getUint32(4));
}

function addText(words: number[], text: string): void {
  words.push(TEXT_TAG, text.length);
  for (let at = 0; at < text.length; at++) words.push(text.charCodeAt(at));
}

// Keys are derived for every row of a batch: their memory is taken once.
const bits = new DataView(new ArrayBuffer(8));
const block = new Uint32Array(PHILOX_WORDS);

/** The construction of Davies and Meyer with Philox as the cipher: the words are its key, the hash its block. */
function compress(hash: Quad, word0: number, word1: number): Quad {
  philox(block, hash, word0, word1);
  return [xor(block[0]!, hash[0]), xor(block[1]!, hash[1]), xor(block[2]!, hash[2]), xor(block[3]!, hash[3])];
}

function xor(a: number, b: number): number {
  return (a ^ b) >>> 0;
}
