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
  const words = [seed, ...labels].flatMap(labelWords);
  let hash: Quad = [0, 0, 0, 0];
  for (let at = 0; at < words.length; at += 2) hash = compress(hash, words[at]!, words[at + 1] ?? 0);
  return hash;
}

/** A tag that is never 0 and a length make the words of a list of labels decodable: no two lists share them. */
function labelWords(label: string | number): number[] {
  return typeof label === "number"
    ? [NUMBER_TAG, ...numberWords(label)]
    : [TEXT_TAG, label.length, ...textWords(label)];
}

function numberWords(value: number): [number, number] {
  if (!Number.isFinite(value)) {
    throw new VrnnError("random/label", `a seed must be a finite number, not ${value}`, {
      remedy: "give a whole number",
    });
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0); // -0 and 0 are one number
  return [view.getUint32(0), view.getUint32(4)];
}

function textWords(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/** The construction of Davies and Meyer with Philox as the cipher: the words are its key, the hash its block. */
function compress(hash: Quad, word0: number, word1: number): Quad {
  const out = new Uint32Array(PHILOX_WORDS);
  philox(out, hash, word0, word1);
  return [xor(out[0]!, hash[0]), xor(out[1]!, hash[1]), xor(out[2]!, hash[2]), xor(out[3]!, hash[3])];
}

function xor(a: number, b: number): number {
  return (a ^ b) >>> 0;
}
