/** Texts from files in a browser, as tokens. */
import type { MemoryDataset } from "../data/field-dataset.ts";
import { refuseEmpty } from "../data/formats.ts";
import { inMemory } from "../data/memory-dataset.ts";
import type { TextPiece } from "../data/text/names.ts";
import { type TextOptions, textDataset } from "../data/text/text-dataset.ts";
import { bytesOf, textOf } from "./bytes.ts";

/** How a text becomes tokens and sequences. */
export interface TextReadOptions extends TextOptions {
  /** What of the text is one sequence: all of it, unless told. */
  readonly per?: TextPiece;
}

/**
 * A data set of the text in a file that the user chose, in UTF-8 or, with a mark, UTF-16; it may be compressed (`.gz`).
 * Beside text of a trained model give its `vocabulary`.
 *
 * @throws VrnnError `data/binary`, `data/empty-file`, `data/gzip`, `data/split`, `data/no-training`
 */
export async function textFromFile(file: File, options: TextReadOptions): Promise<MemoryDataset> {
  const text = refuseEmpty(textOf(await bytesOf(file), file.name), file.name);
  return inMemory(textDataset(text, file.name, options));
}
