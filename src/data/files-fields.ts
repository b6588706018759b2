/** Data of any kind from files, told apart by the end of their names and by what is said of them. */
import { VrnnError } from "../errors.ts";
import type { FieldDataset } from "./field-dataset.ts";
import { statusOf } from "./files-bytes.ts";
import { readTextDataset } from "./files-text.ts";
import { endingOf } from "./formats.ts";
import type { SplitShares } from "./split.ts";
import { type TextPiece, type TokenName, tokenUnitOf } from "./text/names.ts";
import type { Vocabulary } from "./text/vocabulary.ts";

/** How text is read. */
export interface TextSchema {
  /** `chars` unless told. */
  readonly tokens?: TokenName | undefined;
  readonly per?: TextPiece | undefined;
  /** The most tokens of the vocabulary; all unless told. */
  readonly vocabulary?: number | undefined;
  readonly split?: SplitShares | undefined;
}

/** Whether data are read as text: a `.txt`, or whatever is to be cut into tokens. */
export const isText = (path: string, { tokens }: TextSchema): boolean =>
  tokens !== undefined || endingOf(path) === ".txt";

/**
 * A text as data, in the way that the command line says how.
 *
 * @param vocabulary that of a trained model; counted in the training split unless told.
 * @throws VrnnError `data/...`
 * @example
 * readText("shakespeare.txt", { tokens: "chars" }).notes;
 */
export function readText(path: string, schema: TextSchema, vocabulary?: Vocabulary): FieldDataset {
  if (statusOf(path).isDirectory())
    throw new VrnnError("data/folder", "text is read from a file, and this is a folder", {
      at: path,
      remedy: "put the texts into one file",
    });
  const { tokens = "chars", per, vocabulary: most, split } = schema;
  return readTextDataset(path, { unit: tokenUnitOf(tokens), per, most, split, vocabulary });
}
