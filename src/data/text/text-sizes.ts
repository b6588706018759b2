import { wholeSpans } from "../plan.ts";
import type { SequenceSource } from "../source.ts";
import { Tokenizer, type Vocabulary } from "./vocabulary.ts";

/** How long texts are, whatever the tokens are. */
export interface TextSizes {
  /** Of UTF-8. */
  readonly bytes: number;
  /** Code points of Unicode. */
  readonly characters: number;
}

/**
 * How long some texts are that are kept as ids, whole or cut anywhere: what bits per byte and nats per character are counted by. Undefined for
 * words, between which the spaces are not kept.
 *
 * @example
 * await textSizes(splits.test, fields.x.vocabulary); // { bytes: 111540, characters: 111540 }
 */
export async function textSizes(
  source: SequenceSource,
  vocabulary: Vocabulary,
): Promise<TextSizes | undefined> {
  if (vocabulary.unit === "words") return undefined;
  const tokenizer = new Tokenizer(vocabulary);
  const encoder = new TextEncoder();
  const bytesOf = (id: number) =>
    vocabulary.unit === "characters" ? encoder.encode(tokenizer.decode([id])) : tokenizer.bytesOf(id);
  let [bytes, characters] = [0, 0];
  for await (const { values } of source.open(wholeSpans(await source.index()))) {
    // Token by token: a sequence may begin or end amid a character.
    for (const id of values["x"] as Int32Array)
      for (const byte of bytesOf(id) ?? []) {
        bytes += 1;
        if ((byte & 0xc0) !== 0x80) characters += 1;
      }
  }
  return { bytes, characters };
}
