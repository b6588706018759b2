/** Texts that are cut into other subwords each time that they are learned from. */
import { VrnnError } from "../../errors.ts";
import type { Random } from "../../random/generator.ts";
import type { Fields, TokensField } from "../fields.ts";
import type { Reread } from "../reread.ts";
import { closedIds, END, Tokenizer } from "./vocabulary.ts";

/**
 * Cuts both sides of pairs anew, with a share of the merges left out (BPE-dropout; Provilkov et al. 2020): words are then known by their
 * parts as well. What a window has cut before the end of its text stays as it is, and so does what it has cut amid a character.
 *
 * @throws VrnnError `train/subword-dropout` for other data than pairs of subwords
 * @example
 * const reread = subwordDropout(data.fields, 0.1);
 * reread(part, Random.stream(1, "row", 7)).length; // a little longer
 */
export function subwordDropout({ x, source }: Fields, share: number): Reread {
  if (!isOfSubwords(x) || !isOfSubwords(source)) throw noSubwords();
  const tokenizer = new Tokenizer(x.vocabulary);
  const again = (ids: Int32Array, random: Random): Int32Array => {
    const text = tokenizer.decode(ids);
    if (ids.at(-1) !== END || text.includes("\ufffd")) return ids;
    return closedIds(tokenizer.encodeWithDropout(text, share, () => random.uniform()));
  };
  return (part, random) => {
    const [written, read] = [part.values["x"], part.values["source"]] as [Int32Array, Int32Array];
    const own = again(written, random);
    return { ...part, length: own.length, values: { ...part.values, x: own, source: again(read, random) } };
  };
}

const isOfSubwords = (field: Fields[string] | undefined): field is TokensField =>
  field?.kind === "tokens" && field.vocabulary.unit === "subwords";

const noSubwords = (): VrnnError =>
  new VrnnError("train/subword-dropout", "only pairs of texts in subwords are cut anew", {
    at: "--subword-dropout",
    remedy: "leave it out, or read pairs with --tokens bpe",
  });
