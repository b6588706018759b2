/** Labelled texts that an encoder reads, which somebody brings. */
import { VrnnError } from "../errors.ts";
import { usageError } from "../options.ts";
import type { FieldDataset, KnownData } from "./field-dataset.ts";
import { sha256Of } from "./files-encoder.ts";
import { labelledTexts } from "./files-text.ts";
import { EncoderOfTexts } from "./files-text-encoder.ts";
import type { SplitShares } from "./split.ts";
import { type EncodedFields, encodedDataset, type ReadText } from "./text/encoded-dataset.ts";
import { knownTextEncoder } from "./text/encoder-knowledge.ts";
import type { LabelledColumns } from "./text/labelled.ts";

/** Which texts are read, by which encoder. */
export interface EncodedTextSchema {
  /** Its path. */
  readonly encoder: string;
  /** Where texts and labels stand, in a file that holds both. */
  readonly labelled?: LabelledColumns | undefined;
  readonly split?: SplitShares | undefined;
  readonly shuffle?: number | undefined;
  /** What is asked of tokens, and has no effect where an encoder has its own. */
  readonly ofTokens: Readonly<Record<string, unknown>>;
}

/**
 * Labelled texts as a data set, a row of columns for each token that an encoder tells of.
 *
 * @param known what a trained model is of
 * @throws VrnnError `usage/option`, `data/...`, and as `EncoderOfTexts.open`
 */
export async function readEncodedTexts(
  path: string,
  { encoder: at, labelled, split, shuffle, ofTokens }: EncodedTextSchema,
  known?: KnownData,
): Promise<FieldDataset> {
  refuseTokens(ofTokens);
  const fields = known?.fields as (EncodedFields & KnownData["fields"]) | undefined;
  const found = labelledTexts(path, {
    ...{ unit: "characters", labelled, split, levels: fields?.label.levels },
  });
  if (found === undefined) throw unlabelled(path);
  const encoder = await EncoderOfTexts.open(at, known && knownTextEncoder(known.modality));
  const texts: ReadText[] = [];
  try {
    for (const text of found.texts)
      texts.push({ ...text, steps: await encoder.steps(text.text, `${path}, ${text.name}`) });
  } finally {
    await encoder.dispose();
  }
  const data = encodedDataset(texts, path, { encoder: encoder.knowledge, split, shuffle, known: fields });
  return {
    ...{
      ...data,
      encoded: sha256Of(new TextEncoder().encode(JSON.stringify(texts.map(({ text }) => text)))),
    },
    notes: [...found.notes, ...encoder.notes(), ...data.notes],
  };
}

function refuseTokens(ofTokens: EncodedTextSchema["ofTokens"]): void {
  const [name] = Object.entries(ofTokens).find(([, told]) => told !== undefined) ?? [];
  if (name === undefined) return;
  throw usageError(
    `option '--${name}' has no effect: an encoder of your own reads the texts, by its own tokenizer`,
    "leave it out, or --features",
  );
}

const unlabelled = (at: string): VrnnError =>
  new VrnnError("data/label", "an encoder of your own reads labelled texts, and here are no labels", {
    at,
    remedy: "give a table with the columns text and label, or a folder of texts for each label",
  });
