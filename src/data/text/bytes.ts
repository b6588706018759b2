import { wholeSpans } from "../plan.ts";
import type { SequenceSource } from "../source.ts";
import { Tokenizer, type Vocabulary } from "./vocabulary.ts";

/**
 * How many bytes of UTF-8 some texts have that are kept as ids: what bits per byte are counted by, whatever the tokens
 * are. Undefined for words, between which the spaces are not kept.
 *
 * @example
 * await bytesOfTexts(splits.test, fields.x.vocabulary); // 111540
 */
export async function bytesOfTexts(
  source: SequenceSource,
  vocabulary: Vocabulary,
): Promise<number | undefined> {
  if (vocabulary.unit === "words") return undefined;
  const tokenizer = new Tokenizer(vocabulary);
  const encoder = new TextEncoder();
  let bytes = 0;
  for await (const { length, values } of source.open(wholeSpans(await source.index())))
    bytes +=
      vocabulary.unit === "bytes"
        ? length
        : encoder.encode(tokenizer.decode(values["x"] as Int32Array)).length;
  return bytes;
}
