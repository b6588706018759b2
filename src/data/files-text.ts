import type { FieldDataset } from "./field-dataset.ts";
import { readText } from "./files-bytes.ts";
import { endingOf } from "./formats.ts";
import { type LabelledColumns, type LabelledForm, parseLabelled } from "./text/labelled.ts";
import type { TextPiece } from "./text/names.ts";
import { labelledDataset, type TextOptions, textDataset } from "./text/text-dataset.ts";

/** How a file of text is read. */
export interface TextFileOptions extends TextOptions {
  /** What of an unlabelled text is one sequence: all of it, unless told. */
  readonly per?: TextPiece | undefined;
  /** Where texts and labels stand, in a file that holds both. */
  readonly labelled?: LabelledColumns | undefined;
}

const FORMS: Readonly<Record<string, LabelledForm>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

/**
 * A data set of the text in a file, which may be compressed (`.gz`). Texts with labels stand in `.csv`, `.tsv` or `.jsonl`;
 * any other file is a text, unless it is said where its texts and labels stand: then they stand between tabs.
 *
 * @throws VrnnError `data/...` with the line
 * @example
 * readTextDataset("shakespeare.txt", { unit: "characters" });
 * readTextDataset("SMSSpamCollection", { unit: "words", labelled: { label: 0, text: 1 } });
 */
export function readTextDataset(path: string, options: TextFileOptions): FieldDataset {
  const { per = "text", labelled, ...rest } = options;
  const text = readText(path);
  const form = FORMS[endingOf(path)] ?? (labelled && "tsv");
  if (form === undefined) return textDataset(text, path, { ...rest, per });
  return labelledDataset(parseLabelled(text, path, form, labelled ?? {}), path, rest);
}
